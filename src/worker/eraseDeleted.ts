/** Finishes deletes: removes objects and the parser's copy, including anything written after the delete. */
import { Effect } from "effect"
import { untraced } from "../../otel/shared.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { type Erasure, Erasures } from "../../services/Erasures.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { CircuitBreakers } from "../purchases/CircuitBreakers.ts"

/** One round; what cannot be removed now is retried later. */
export const eraseDeleted = Effect.gen(function*() {
  const due = yield* untraced(Effect.flatMap(Erasures, ({ take }) => take))
  if (due.length > 0) yield* erase(due)
})

const erase = Effect.fn("worker.eraseDeleted")(function*(due: ReadonlyArray<Erasure>) {
  const erasures = yield* Erasures
  const storage = yield* ObjectStorage
  const parser = yield* DocumentParser
  const breakers = yield* CircuitBreakers
  yield* breakers.guard(["storage"], storage.remove(...due.flatMap(({ paths }) => paths)))
  const forgotten = ({ jobId, providerJobId }: Erasure) =>
    breakers.guard(["parser"], parser.parsesOf(jobId)).pipe(
      Effect.map((lately) => new Set(providerJobId === null ? lately : [providerJobId, ...lately])),
      Effect.flatMap(Effect.forEach((id) => breakers.guard(["parser"], parser.forget(id)), { discard: true })),
      Effect.as(true),
      Effect.catch((error) =>
        Effect.as(Effect.logWarning("Could not remove a deleted document from the parser", jobId, error), false)
      )
    )
  const done = yield* Effect.filter(due, forgotten)
  if (done.length > 0) yield* erasures.finish(done.map(({ jobId }) => jobId))
})
