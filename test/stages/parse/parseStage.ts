/** The parse stage with a parser that the test answers for. */
import { Context, Duration, Effect, Layer, Option, Stream } from "effect"
import { IdsRandom } from "../../../layers/Ids/Random.ts"
import { DocumentParser, type ParsedDocument, type ParseRequest } from "../../../services/DocumentParser.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { SecondReader } from "../../../services/SecondReader.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import type { JobId } from "../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { CircuitBreakers } from "../../../src/purchases/CircuitBreakers.ts"
import { startRun } from "../../../src/stages/JobRun.ts"
import { collect } from "../../../src/stages/parse/collect.ts"
import { parseRequest } from "../../../src/stages/parse/parseRequest.ts"
import { submit } from "../../../src/stages/parse/submit.ts"
import { wholeText } from "../../../src/stages/text/parsedText.ts"
import { validate } from "../../../src/stages/text/validate.ts"
import { WorkerIdentity } from "../../../src/stages/WorkerIdentity.ts"
import { probes } from "../../support/builders/circuits.ts"
import { noDocuments } from "../../support/stubs/noDocuments.ts"
import { aClaim, QueueLog } from "../../support/stubs/QueueLog.ts"
import { CircuitsMemory } from "../../twins/CircuitsMemory.ts"
import { ObjectStorageMemory } from "../../twins/ObjectStorageMemory.ts"

/** The parser's next answers, and the calls it received. */
export class Parser extends Context.Service<Parser, {
  parsed: ParsedDocument | undefined
  readonly submitted: Array<ParseRequest>
  /** The parses whose result was requested. */
  readonly asked: Array<string>
  readonly cancelled: Array<string>
  readonly forgotten: Array<string>
}>()("accessa/test/Parser") {}

export const unused = () => Effect.die(new Error("no parse stage has a use for this"))

export const surroundings = Layer.mergeAll(
  QueueLog.layer,
  ObjectStorageMemory,
  IdsRandom,
  Layer.provideMerge(
    CircuitBreakers.layerWithProbes("worker:test"),
    Layer.mergeAll(
      CircuitsMemory,
      probes,
      Layer.succeed(WorkerIdentity, {
        actor: "worker:test",
        outagePatience: Duration.hours(24),
        callbackUrl: (job: JobId) => new URL(`https://accessa.example/${job}`)
      })
    )
  ),
  Layer.succeed(Inventory, {
    covers: () => false,
    compare: unused,
    attachments: () => Effect.succeed({ _tag: "Attached", files: [], more: 0 })
  }),
  Layer.succeed(SecondReader, { read: unused }),
  noDocuments,
  Layer.effectContext(Effect.sync(() => {
    const state = Parser.of({ parsed: undefined, submitted: [], asked: [], cancelled: [], forgotten: [] })
    return Context.make(Parser, state).pipe(Context.add(DocumentParser, {
      name: "test",
      immediate: false,
      submit: (request) => Effect.sync(() => `pjb-${state.submitted.push(request)}`),
      result: (id) =>
        Effect.sync(() => {
          state.asked.push(id)
          return Option.fromUndefinedOr(state.parsed)
        }),
      cancel: (id) => Effect.sync(() => void state.cancelled.push(id)),
      probe: Effect.void,
      parsesOf: () => Effect.succeed([]),
      forget: (id) => Effect.sync(() => void state.forgotten.push(id))
    }))
  }))
)

export const runSubmit = Effect.fnUntraced(function*(job: ClaimedJob) {
  const { moves } = yield* QueueLog
  const run = yield* startRun(job)
  yield* submit(run, yield* parseRequest(job))
  return { move: moves.at(-1) }
})

export const runCollect = Effect.fnUntraced(function*(job: ClaimedJob) {
  return yield* collect(yield* startRun(job), yield* parseRequest(job))
})

export const runValidate = Effect.fnUntraced(function*(job: ClaimedJob) {
  return yield* validate(yield* startRun(job), yield* wholeText(job))
}, Effect.scoped)

export const queued = (fields: Parameters<typeof aClaim>[0] = {}) =>
  aClaim({ status: "parse_queued", providerJobId: "pjb-1", ...fields })

export const minutes = (count: number): number => count * 60_000

/** A job whose parsed text is in the storage. */
export const parsedAs = Effect.fnUntraced(function*(text: string) {
  const storage = yield* ObjectStorage
  const job = aClaim({ status: "parsed" })
  const path = `parsed/${job.userId}/${job.documentId}.md`
  const bytes = new TextEncoder().encode(text)
  yield* storage.put(path, Stream.make(bytes), "text/markdown")
  return { ...job, parsedPath: path, parsedSha256: sha256(bytes) }
})
