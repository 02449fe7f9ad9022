/**
 * Every rule that can raise an alert, as one table: detectors, settings, `accessa alerts rules` and docs/alerts.md are made from it.
 * A name is never renamed: runbooks and receivers know it.
 */
import { Record, Schema, Struct } from "effect"
import type { AlertSeverity } from "./AlertNotice.ts"

export interface AlertRule {
  readonly severity: AlertSeverity
  readonly title: string
  readonly meaning: string
  /** The alert fires above it, or below it for `SUCCESS_RATE` and `DISK_FULL`; null if the condition has no number. */
  readonly threshold: number | null
  readonly unit: string
  /** Seconds for which the condition must hold before the alert fires. */
  readonly hold: number
  /** Seconds for which the condition must be gone before the alert resolves. */
  readonly coolDown: number
}

type Times = Pick<AlertRule, "hold" | "coolDown">
const at = (threshold: number, unit: string) => ({ threshold, unit })
const unmeasured = { threshold: null, unit: "" }
const rule = (
  severity: AlertSeverity,
  title: string,
  measure: Pick<AlertRule, "threshold" | "unit">,
  times: Times,
  meaning: string
): AlertRule => ({ severity, title, ...measure, ...times, meaning })

export const alertRules = {
  NO_WORKER: rule(
    "critical",
    "No worker is alive.",
    at(45, "seconds without a heartbeat"),
    { hold: 30, coolDown: 30 },
    "No worker has sent a heartbeat, so no document makes progress."
  ),
  WORKER_SILENT: rule(
    "warning",
    "A worker is silent.",
    at(45, "seconds without a heartbeat"),
    { hold: 30, coolDown: 30 },
    "A worker that did not stop sends no heartbeat, and no new worker has replaced it. Its jobs go to other workers."
  ),
  WORKER_CLOCK: rule(
    "warning",
    "A worker's clock is wrong.",
    at(300, "seconds ahead of the database's, or behind it"),
    { hold: 30, coolDown: 60 },
    "The webhooks that this worker sends carry its time, and receivers refuse a signature that is five minutes old or from the future."
  ),
  QUEUE_SILENT: rule(
    "critical",
    "Jobs are waiting, and none makes progress.",
    at(120, "seconds without a move"),
    { hold: 30, coolDown: 60 },
    "Jobs are due, but no job has changed its state."
  ),
  STUCK_JOB: rule(
    "warning",
    "A job is stuck.",
    at(900, "seconds in one state"),
    { hold: 60, coolDown: 60 },
    "A job that should be running makes no progress, or an unfinished job can no longer be claimed."
  ),
  POISON_DOCUMENT: rule(
    "warning",
    "A document has crashed its workers.",
    unmeasured,
    { hold: 0, coolDown: 0 },
    "Several workers in a row died while processing it, so it failed with WORKER_CRASHED. It resolves when the document "
      + "is retried or deleted, or after 15 minutes."
  ),
  ERROR_BURST: rule(
    "warning",
    "One error occurs again and again.",
    at(10, "times in 5 minutes"),
    { hold: 30, coolDown: 300 },
    "Jobs fail or are retried for the same reason. The alert names the error code."
  ),
  SUCCESS_RATE: rule(
    "critical",
    "Too many documents fail.",
    at(95, "% of the jobs that ended in 15 minutes; at least 20 jobs"),
    { hold: 60, coolDown: 300 },
    "The share of jobs that complete is below the threshold. Cancelled jobs do not count."
  ),
  LATENCY: rule(
    "warning",
    "Documents take far longer than usual.",
    at(2, "times the usual p95 from upload to completion"),
    { hold: 300, coolDown: 300 },
    "The 95th percentile of the last 15 minutes exceeds the usual one by this factor. Usual is the median of the hourly values "
      + "of the last seven days; the rule needs 20 documents in both."
  ),
  BUDGET_LOW: rule(
    "warning",
    "A budget is nearly used up.",
    at(80, "% of the month's limit"),
    { hold: 0, coolDown: 60 },
    "Embedding stops at the limit. The alert names the user, or all users together."
  ),
  BUDGET_USED_UP: rule(
    "critical",
    "A budget is used up.",
    at(100, "% of the month's limit"),
    { hold: 0, coolDown: 60 },
    "Jobs that need embeddings are parked until the limit is raised or the month ends."
  ),
  CIRCUIT_OPEN: rule(
    "critical",
    "A dependency is down or refuses us.",
    unmeasured,
    { hold: 0, coolDown: 60 },
    "The circuit to the parser, the embedding provider or the storage is open or halted; jobs that need it are parked. It "
      + "resolves when the circuit has stayed closed for the cool-down, or at once when it is reset."
  ),
  CALLBACKS_REFUSED: rule(
    "warning",
    "Many callbacks were refused.",
    at(20, "refusals in 15 minutes"),
    { hold: 0, coolDown: 3_600 },
    "Callbacks with a wrong signature, address or body: either WEBHOOK_SECRETS differ, or someone is probing the endpoint."
  ),
  CALLBACKS_LOST: rule(
    "warning",
    "Callbacks do not arrive.",
    at(50, "% of the parses of 15 minutes; at least 3 parses"),
    { hold: 30, coolDown: 300 },
    "Polling found finished parses for which no callback had arrived. Documents are still processed, a little later."
  ),
  SIGN_INS_REFUSED: rule(
    "warning",
    "Many sign-ins were refused.",
    at(50, "refusals in 15 minutes"),
    { hold: 0, coolDown: 1_800 },
    "Requests came with an unknown, revoked or expired credential."
  ),
  BUFFER_GROWTH: rule(
    "warning",
    "The chunk and vector tables grow fast.",
    at(5, "gigabytes in an hour"),
    { hold: 300, coolDown: 600 },
    "At this rate the database's disk fills up sooner than planned."
  ),
  DISK_FULL: rule(
    "critical",
    "A disk is nearly full.",
    at(10, "% free"),
    { hold: 60, coolDown: 60 },
    "Little space is left on the disk of ACCESSA_DATA_DIR, as the monitor sees it."
  ),
  CONNECTIONS: rule(
    "warning",
    "The database has few connections left.",
    at(80, "% of max_connections"),
    { hold: 120, coolDown: 120 },
    "When none is left, processes cannot start and requests fail."
  ),
  DATABASE_SLOW: rule(
    "warning",
    "The database is slow.",
    at(500, "milliseconds for a small write"),
    { hold: 180, coolDown: 120 },
    "Every step of a job waits for a write like this one."
  ),
  DATABASE_UNREACHABLE: rule(
    "critical",
    "The database cannot be reached.",
    unmeasured,
    { hold: 30, coolDown: 30 },
    "Nothing can be accepted or processed. The monitor sends this alert from memory, and records it afterwards."
  ),
  DEPENDENCY_UNREACHABLE: rule(
    "critical",
    "The API is not ready.",
    unmeasured,
    { hold: 60, coolDown: 30 },
    "`/health/ready` of the API does not answer, or names a check that failed."
  ),
  VACUUM_HELD: rule(
    "warning",
    "A transaction has been open for too long.",
    at(900, "seconds"),
    { hold: 0, coolDown: 0 },
    "Until it ends, the database cannot clean up, so tables and indexes grow."
  ),
  FOREIGN_GRANTS: rule(
    "warning",
    "Other roles have privileges on our tables.",
    unmeasured,
    { hold: 0, coolDown: 0 },
    "The migrations did not grant them; a click in a database dashboard may have."
  ),
  COMPLIANCE: rule(
    "warning",
    "A compliance check fails.",
    at(93_600, "seconds without a check"),
    { hold: 600, coolDown: 0 },
    "A worker's daily check of row security, privileges, keys, retention and the audit log found a violation, or did not run."
  ),
  SINK_FAILING: rule(
    "critical",
    "Notices do not reach a sink.",
    at(3, "failed attempts in a row"),
    { hold: 0, coolDown: 60 },
    "A sink of ALERT_SINKS does not accept notices. They are retried, and this alert goes to the others."
  ),
  RELEASE_NEEDS_A_PERSON: rule(
    "critical",
    "A release could not be rolled back.",
    unmeasured,
    { hold: 0, coolDown: 0 },
    "`accessa deploy run` stopped during the rollback: versions may be mixed. It resolves when a release of that "
      + "environment is promoted or rolled back, when the alert is acknowledged, or after seven days."
  ),
  RELEASE_ROLLED_BACK: rule(
    "warning",
    "A release was rolled back.",
    unmeasured,
    { hold: 0, coolDown: 0 },
    "`accessa deploy run` did not promote a version and redeployed the earlier one. It resolves when a version is promoted "
      + "there, when the alert is acknowledged, or after seven days."
  ),
  NO_DATA: rule(
    "warning",
    "There is no data to evaluate.",
    at(86_400, "seconds without a completed document"),
    { hold: 300, coolDown: 0 },
    "No document was completed, or the rules' data could not be read. Nothing proves that the pipeline works."
  )
} satisfies Record<string, AlertRule>

export type AlertRuleName = keyof typeof alertRules
export const AlertRuleName = Schema.Literals(Struct.keys(alertRules))

/** A rule as the settings have it. */
export interface RuleInForce extends Pick<AlertRule, "threshold" | "hold" | "coolDown"> {
  readonly enabled: boolean
}
export type RulesInForce = Readonly<Record<AlertRuleName, RuleInForce>>

export const defaultRules: RulesInForce = Record.map(
  alertRules,
  ({ coolDown, hold, threshold }: AlertRule) => ({ threshold, hold, coolDown, enabled: true })
)
