/** Which notices an alert still owes, computed from its state and what was sent: asking again gives the same answer. */
import { DateTime, Duration, Option } from "effect"
import type { AlertSinkName } from "../../domain/AlertNotice.ts"
import type { OpenAlert, Told } from "../../domain/OpenAlert.ts"
import type { EscalationStep } from "../../policy/alerts.ts"

export const dueNotices = (
  alert: OpenAlert,
  steps: ReadonlyArray<EscalationStep>,
  now: DateTime.Utc
): ReadonlyArray<Told> => {
  if (Option.isNone(alert.firedAt)) return []
  const firedAt = alert.firedAt.value
  const isTold = ({ level, sink, state }: Told) =>
    alert.told.some((one) => one.sink === sink && one.state === state && (state !== "firing" || one.level === level))
  const toThoseWhoKnow = (state: "acknowledged" | "resolved"): ReadonlyArray<Told> =>
    latestOf(alert.told).map(({ level, sink }) => ({ sink, state, level })).filter((notice) => !isTold(notice))

  if (Option.isSome(alert.closedAt)) return toThoseWhoKnow("resolved")
  if (Option.exists(alert.silencedUntil, DateTime.isGreaterThan(now))) return []
  if (Option.isSome(alert.acknowledgedAt)) return toThoseWhoKnow("acknowledged")
  return steps
    .filter(({ after }, index) =>
      (index === 0 || alert.severity === "critical") &&
      DateTime.isLessThanOrEqualTo(DateTime.addDuration(firedAt, after), now)
    )
    .flatMap(({ level, sinks }) => sinks.map((sink): Told => ({ sink, state: "firing", level })))
    .filter((notice) => !(alert.rule === "SINK_FAILING" && alert.subject === notice.sink) && !isTold(notice))
}

/** Each sink that was notified of the firing, with the highest level: levels come in order. */
const latestOf = (told: ReadonlyArray<Told>): ReadonlyArray<Told> => [
  ...new Map<AlertSinkName, Told>(
    told.filter(({ state }) => state === "firing").map((notice) => [notice.sink, notice])
  ).values()
]

/** How long until a failed notice is tried again: 2, 4, 8 … seconds, at most 15 minutes; longer if the sink says so. */
export const retryIn = (
  attempts: number,
  random: number,
  { retryable, retryAfter }: { readonly retryable: boolean; readonly retryAfter?: Duration.Duration }
): Duration.Duration => {
  const longest = Duration.minutes(15)
  if (!retryable) return longest
  const wait = Duration.min(Duration.seconds(2 ** Math.min(attempts, 12)), longest)
  return Duration.max(Duration.times(wait, 0.8 + 0.4 * random), retryAfter ?? Duration.zero)
}
