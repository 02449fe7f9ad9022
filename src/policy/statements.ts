/** When a statement counts as slow. */
import { Context, Duration } from "effect"

/** Set by `SLOW_STATEMENT_MS`. */
export class SlowStatement extends Context.Reference<Duration.Duration>("accessa/policy/SlowStatement", {
  defaultValue: () => Duration.millis(500)
}) {}
