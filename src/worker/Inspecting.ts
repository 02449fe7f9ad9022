/** Makes the inspections that an admin asks the workers for. */
import { Effect, Layer, Option, Stream } from "effect"
import { Inspections } from "../../services/Inspections.ts"
import { Inspector } from "../../services/Inspector.ts"
import type { WorkerId } from "../domain/Ids.ts"

/** For as long as the layer lives. */
export const Inspecting = (worker: WorkerId) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const inspections = yield* Inspections
    const inspector = yield* Inspector
    const round = Effect.gen(function*() {
      const order = yield* inspections.take(worker)
      if (Option.isNone(order)) return false
      yield* inspections.report(order.value, yield* inspector.look)
      return true
    }).pipe(Effect.withSpan("worker.inspect"))

    yield* inspections.wakeups.pipe(
      Stream.runForEach(() =>
        Effect.repeat(round, { while: (found) => found }).pipe(
          Effect.catch((error) => Effect.logWarning(`No inspection was made. ${error.code}: ${error.message}`))
        )
      ),
      Effect.catch((error) => Effect.logError(`Cannot listen for inspections: ${error.message}`)),
      Effect.forkScoped
    )
  }))
