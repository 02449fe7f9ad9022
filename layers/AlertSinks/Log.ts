/** Alerts as lines of the monitor's own log, for a stack that has no other sink. */
import { Effect } from "effect"
import { withLogFields } from "../../otel/names/logFields.ts"
import type { AlertSink } from "../../services/AlertSinks.ts"
import type { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { headline, oneLine } from "./text/describe.ts"

export const logSink: AlertSink = {
  name: "log",
  deliver: Effect.fn("AlertSinks.log")((notice) =>
    write(notice).pipe(withLogFields({
      alert_id: notice.alertId,
      alert_rule: notice.rule,
      alert_state: notice.state,
      alert_level: notice.level,
      alert_labels: JSON.stringify(notice.labels),
      runbook: notice.runbookUrl
    }))
  )
}

const write = (notice: AlertNotice) => {
  const line = oneLine(`${headline(notice)} ${notice.description}`)
  if (notice.state !== "firing" || notice.severity === "info") return Effect.logInfo(line)
  return notice.severity === "critical" ? Effect.logError(line) : Effect.logWarning(line)
}
