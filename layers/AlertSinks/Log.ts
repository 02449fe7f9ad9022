/** Alerts as lines of the monitor's own log, for a stack that has no other sink. */
import { Effect } from "effect"
import type { AlertSink } from "../../services/AlertSinks.ts"
import type { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { headline, oneLine } from "./text/describe.ts"

export const logSink: AlertSink = {
  name: "log",
  deliver: Effect.fn("AlertSinks.log")((notice) =>
    Effect.annotateLogs(write(notice), {
      alertId: notice.alertId,
      rule: notice.rule,
      state: notice.state,
      level: notice.level,
      runbook: notice.runbookUrl,
      ...notice.labels
    })
  )
}

const write = (notice: AlertNotice) => {
  const line = oneLine(`${headline(notice)} ${notice.description}`)
  if (notice.state !== "firing" || notice.severity === "info") return Effect.logInfo(line)
  return notice.severity === "critical" ? Effect.logError(line) : Effect.logWarning(line)
}
