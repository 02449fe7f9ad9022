/** Everything that may happen to jobs, in any order: the commands of the state machine's random runs. */
import { Arbitrary, Schema } from "effect"

const index = (most: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: most }))

export const workers = 3
export const jobs = 2

const onJob = { job: index(jobs - 1) }
/** One of all claims ever made, newest first: old ones belong to workers that do not know that they lost the job. */
const byHolder = { holding: index(3) }
const When = Schema.Literals(["now", "later"])

const Claim = Schema.Struct({ do: Schema.Literal("claim"), worker: index(workers - 1), limit: index(1) })
/** Some steps along the main path, each in its own statement or all in one. */
const Advance = Schema.Struct({ do: Schema.Literal("advance"), ...byHolder, further: index(4), atOnce: Schema.Boolean })
/** Quietly: an ordinary pause, which the history does not mention. */
const Park = Schema.Struct({ do: Schema.Literal("park"), ...byHolder, when: When, quietly: Schema.Boolean })
const RetryLater = Schema.Struct({ do: Schema.Literal("retryLater"), ...byHolder, when: When })
/** Gone: the parsed text no longer exists, so a retry starts over. */
const Fail = Schema.Struct({ do: Schema.Literal("fail"), ...byHolder, gone: Schema.Boolean })
/** A worker is silent until its lease expires, and the sweep runs. */
const Crash = Schema.Struct({ do: Schema.Literal("crash"), ...onJob })
const Sweep = Schema.Struct({ do: Schema.Literal("sweep") })
const Retry = Schema.Struct({ do: Schema.Literal("retry"), ...onJob })
const Cancel = Schema.Struct({ do: Schema.Literal("cancel"), ...onJob })
const Hint = Schema.Struct({ do: Schema.Literal("hint"), ...onJob, event: index(2) })
const Release = Schema.Struct({ do: Schema.Literal("release"), worker: index(workers - 1) })
const Beat = Schema.Struct({ do: Schema.Literal("beat"), worker: index(workers - 1) })
/** All waiting jobs become due. */
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

/** Claims and advances are more frequent, so that many runs get far along the path, and reach failures and retries. */
const Likely = Schema.Union([Claim, Claim, Advance, Advance, Fail, Retry, Retry, Command, Command])

export const commands: Arbitrary.Arbitrary<ReadonlyArray<Command>> = Arbitrary.array(Arbitrary.schema(Likely), {
  maxLength: 60
})
