/** Conditions of the database that no call would report. */
import { Context, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class DatabaseWatch extends Context.Service<DatabaseWatch, {
  /** Checks for transactions that block vacuum and for grants to foreign roles; closes the alerts whose cause is gone. */
  readonly look: Effect.Effect<void, ServiceError>
}>()("accessa/services/DatabaseWatch") {}
