/** Cancels parses whose result is no longer needed: best effort, because it only saves money. */
import { Effect } from "effect"
import { untraced } from "../../otel/shared.ts"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { JobQueue } from "../../services/JobQueue.ts"
import { CircuitBreakers } from "../purchases/CircuitBreakers.ts"

/** One round; while the parser is unavailable, the parses wait for the next one. */
export const cancelParses = Effect.gen(function*() {
  const queue = yield* JobQueue
  const parser = yield* DocumentParser
  const breakers = yield* CircuitBreakers
  // Its halt was logged, and has raised an alert.
  if (!(yield* Effect.isSuccess(breakers.admit("parser")))) return
  const cancel = (id: string) =>
    breakers.guard(["parser"], parser.cancel(id)).pipe(
      Effect.andThen(Effect.logInfo(`The parse ${id} was cancelled at the parser.`)),
      Effect.catch((error) => Effect.logWarning(`Could not cancel the parse ${id} at the parser.`, error)),
      Effect.withSpan("worker.cancelParse")
    )
  yield* Effect.forEach(yield* untraced(queue.takeAbandoned), cancel, { discard: true })
})
