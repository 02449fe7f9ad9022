/** What may happen to jobs, in any order: the words that the state machine's random runs are made of. */
import { Arbitrary, Schema } from "effect"

const index = (most: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: most }))

export const workers = 3
export const jobs = 2

const onJob = { job: index(jobs - 1) }
/** Which claim of all that were ever made, the newest first: old ones are of workers who do not know that they lost it. */
const byHolder = { holding: index(3) }
const When = Schema.Literals(["now", "later"])

const Claim = Schema.Struct({ do: Schema.Literal("claim"), worker: index(workers - 1), limit: index(1) })
/** Some steps along the line, each in a statement of its own or all in one. */
const Advance = Schema.Struct({ do: Schema.Literal("advance"), ...byHolder, further: index(4), atOnce: Schema.Boolean })
/** Quietly: an ordinary pause, which the history does not mention. */
const Park = Schema.Struct({ do: Schema.Literal("park"), ...byHolder, when: When, quietly: Schema.Boolean })
const RetryLater = Schema.Struct({ do: Schema.Literal("retryLater"), ...byHolder, when: When })
/** Gone: what was parsed is not there any more, so that a retry begins anew. */
const Fail = Schema.Struct({ do: Schema.Literal("fail"), ...byHolder, gone: Schema.Boolean })
/** A worker falls silent until its lease is over, and the sweep comes by. */
const Crash = Schema.Struct({ do: Schema.Literal("crash"), ...onJob })
const Sweep = Schema.Struct({ do: Schema.Literal("sweep") })
const Retry = Schema.Struct({ do: Schema.Literal("retry"), ...onJob })
const Cancel = Schema.Struct({ do: Schema.Literal("cancel"), ...onJob })
const Hint = Schema.Struct({ do: Schema.Literal("hint"), ...onJob, event: index(2) })
const Release = Schema.Struct({ do: Schema.Literal("release"), worker: index(workers - 1) })
const Beat = Schema.Struct({ do: Schema.Literal("beat"), worker: index(workers - 1) })
/** Whatever waits for its time is due. */
const TimePasses = Schema.Struct({ do: Schema.Literal("timePasses") })

export const Command = Schema.Union([
  Claim,
  Advance,
  Park,
  RetryLater,
  Fail,
  Crash,
  Sweep,
  Retry,
  Cancel,
  Hint,
  Release,
  Beat,
  TimePasses
])
export type Command = typeof Command.Type
export type HolderCommand = Extract<Command, { readonly holding: number }>

/** Claims and advances come more often, so that many runs get far along the line, and ends with the ways back. */
const Likely = Schema.Union([Claim, Claim, Advance, Advance, Fail, Retry, Retry, Command, Command])

export const commands: Arbitrary.Arbitrary<ReadonlyArray<Command>> = Arbitrary.array(Arbitrary.schema(Likely), {
  maxLength: 60
})
