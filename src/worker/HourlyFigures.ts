/** Records hourly figures for as long as the layer lives. */
import { Effect, Layer, Schedule } from "effect"
import { HourlyFigures } from "../../services/HourlyFigures.ts"
import { pruneEvery } from "../policy/retention.ts"
import { forAll } from "./Sweeper.ts"

export const HourlyFiguresLoop = Layer.effectDiscard(Effect.gen(function*() {
  const { sizes, spending, times } = yield* HourlyFigures
  yield* forAll(Effect.all([sizes, spending, times], { discard: true })).pipe(
    Effect.catch((error) => Effect.logError(`Could not record the hourly figures. ${error.code}: ${error.message}`)),
    Effect.repeat(Schedule.spaced(pruneEvery)),
    Effect.forkScoped
  )
}))
