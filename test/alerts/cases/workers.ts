/** Workers that are missing, stopped, or killed by a document. */
import { Effect } from "effect"
import { type Case, Unexpected } from "../../faults/Case.ts"
import { crashWorkers, deadlyCalls } from "../../faults/deadly.ts"
import { smallText } from "../../faults/documents.ts"
import { must, untilEnded } from "../../faults/judge.ts"
import { play } from "../../faults/mocks.ts"
import { World } from "../../faults/World.ts"
import { seeded } from "../Seeded.ts"
import { startMonitored, uploadAll, uploadAndComplete } from "../stack.ts"

export const cases: ReadonlyArray<Case> = [
  seeded({
    id: "S1",
    title: "no worker runs",
    rule: "NO_WORKER",
    rules: "NO_WORKER over=3",
    atOnce: true,
    names: /No worker is running/,
    prepare: Effect.fnUntraced(function*(settings) {
      const { start } = yield* World
      yield* startMonitored(settings)
      return { cause: Effect.void, repair: Effect.asVoid(start("worker", settings)) }
    })
  }),
  seeded({
    id: "S2",
    title: "one of two workers is stopped (SIGSTOP)",
    rule: "WORKER_SILENT",
    rules: "WORKER_SILENT over=3",
    names: /Worker [0-9a-f]{8} on \S+ sent its last heartbeat/,
    needs: ["linux"],
    prepare: Effect.fnUntraced(function*(settings) {
      const { start } = yield* World
      yield* startMonitored(settings)
      yield* start("worker", settings)
      const worker = yield* start("worker", settings)
      return { cause: worker.signal("SIGSTOP"), repair: worker.signal("SIGCONT") }
    })
  }),
  seeded({
    id: "S6",
    title: "a document crashes each worker that holds it",
    rule: "POISON_DOCUMENT",
    names: /Workers died in a row while they held document [0-9a-f-]{36}: job [0-9a-f-]{36} failed with WORKER_CRASHED/,
    prepare: Effect.fnUntraced(function*(settings) {
      const { seed, start, urls } = yield* World
      yield* start("mock-openai", settings)
      const { ask, upload } = yield* startMonitored(settings)
      yield* play(urls.openai, deadlyCalls)
      const [deadly] = yield* uploadAll(upload, [`# The deadly one\n\n${smallText(seed)}`])
      if (deadly === undefined) return yield* new Unexpected({ message: "Nothing was uploaded." })
      return {
        cause: crashWorkers(deadly, settings).pipe(
          Effect.andThen(start("worker", settings)),
          Effect.andThen(untilEnded(deadly)),
          Effect.asVoid
        ),
        repair: ask(`/api/v1/documents/${deadly.document_id}`, { method: "DELETE" }).pipe(
          Effect.flatMap(({ code, status }) => must(status === 204, `The delete was answered ${status} ${code}.`))
        )
      }
    })
  }),
  seeded({
    id: "S11",
    title: "a stack without any data",
    rule: "NO_DATA",
    atOnce: true,
    names: /No document has ever been completed/,
    prepare: Effect.fnUntraced(function*(settings) {
      const { seed, start } = yield* World
      const { upload } = yield* startMonitored(settings)
      yield* start("mock-openai", settings)
      yield* start("worker", settings)
      return { cause: Effect.void, repair: uploadAndComplete(upload, [smallText(seed)]) }
    })
  })
]
