/** Hourly figures that are too slow to compute on demand: sizes, spending, and how long documents take. */
import { Context, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class HourlyFigures extends Context.Service<HourlyFigures, {
  /** Records the sizes of the database and of the stored files. True for one process each hour. */
  readonly sizes: Effect.Effect<boolean, ServiceError>
  /** Sums the ledger by hour, for hours that ended at least an hour ago. True for one process each hour. */
  readonly spending: Effect.Effect<boolean, ServiceError>
  /** Records how long jobs stayed in each status, for hours that are over. True for one process each hour. */
  readonly times: Effect.Effect<boolean, ServiceError>
}>()("accessa/services/HourlyFigures") {}
