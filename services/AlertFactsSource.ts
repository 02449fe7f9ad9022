/** Reads what the rules are judged by. */
import { Context, type Effect } from "effect"
import type { AlertFacts } from "../src/domain/AlertFacts.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class AlertFactsSource extends Context.Service<AlertFactsSource, {
  /** `stuckAfter`: seconds without a move. */
  readonly read: (stuckAfter: number) => Effect.Effect<AlertFacts, ServiceError>
}>()("accessa/services/AlertFactsSource") {}
