/** Figures by the hour that would be slow to compute with each look: sizes, spending, and how long documents take. */
import { Context, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class HourlyFigures extends Context.Service<HourlyFigures, {
  /** Writes down how large the database and the stored files are. True for one process each hour. */
  readonly sizes: Effect.Effect<boolean, ServiceError>
  /** Sums up the ledger's hours that are over for an hour. True for one process each hour. */
  readonly spending: Effect.Effect<boolean, ServiceError>
  /** How long jobs stayed in each status, of the hours that are over. True for one process each hour. */
  readonly times: Effect.Effect<boolean, ServiceError>
}>()("accessa/services/HourlyFigures") {}
