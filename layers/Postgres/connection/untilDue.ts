/** How long until the earliest of some rows is due, from the milliseconds that SQL computed. */
import { Duration, Option } from "effect"

/** None: no row is waiting. */
export const untilDue = ([row]: ReadonlyArray<{ readonly ms: number | null }>): Option.Option<Duration.Duration> =>
  Option.map(Option.fromNullishOr(row?.ms), (ms) => Duration.millis(Math.max(0, ms)))
