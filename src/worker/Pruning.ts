/** Removes expired rows for as long as the layer lives. */
import { Effect, Layer, Schedule } from "effect"
import { count } from "../../otel/metrics/record.ts"
import { type Kept, Retention } from "../../services/Retention.ts"
import { pruneEvery, pruneRounds } from "../policy/retention.ts"

export const Pruning = (kept: Kept) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const { prune } = yield* Retention
    yield* prune(kept).pipe(
      Effect.tap(({ removed }) => count("accessa_pruned_rows_total", {}, removed)),
      Effect.repeat({ while: ({ more }) => more, times: pruneRounds }),
      Effect.catch((error) => Effect.logError(`Could not remove expired rows. ${error.code}: ${error.message}`)),
      Effect.repeat(Schedule.spaced(pruneEvery)),
      Effect.forkScoped
    )
  }))
