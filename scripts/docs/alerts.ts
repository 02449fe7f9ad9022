/** `docs/alerts.md`: the rules, the states, who is notified, and the API. */
import { type AlertRule, alertRules } from "../../src/domain/AlertRule.ts"
import { generatedBy } from "./generatedBy.ts"

/** The default of ALERT_INTERVAL_SECONDS. */
const interval = 10

const time = (seconds: number): string =>
  seconds === 0
    ? "–"
    : seconds % 3_600 === 0
    ? `${seconds / 3_600} h`
    : seconds % 60 === 0
    ? `${seconds / 60} min`
    : `${seconds} s`

const row = ([name, { coolDown, hold, meaning, severity, threshold, title, unit }]: readonly [string, AlertRule]) =>
  `| [\`${name}\`](runbooks/${name}.md) | ${severity} | ${title} ${meaning} | ${
    threshold === null ? "–" : `${threshold.toLocaleString("en-US")} ${unit}`
  } | ${time(hold)} | ${time(coolDown)} | ${hold + interval} s |`

export const alertsPage = (): string =>
  [
    "# Alerts",
    generatedBy("src/domain/AlertRule.ts and scripts/docs/alerts.ts"),
    "The monitor evaluates every rule each `ALERT_INTERVAL_SECONDS` against the database's rows, its own view of the disk and "
    + "the API's `/health/ready`, and notifies people through the sinks of `ALERT_SINKS`. Circuits are watched by the workers that use them, "
    + "and refused callbacks and sign-ins by the API: these alerts fire at once, even if no monitor is running; the monitor sends the "
    + "notices. If data is missing, a rule's alerts stay as they are: nothing counts as healthy without data.",
    "## Rules",
    "*For* is how long a condition must hold before the alert fires, *cool-down* how long it must be gone before the alert resolves; a condition "
    + "that returns in between continues the same alert. *Detected within* is *for* plus one interval of 10 seconds. "
    + "Two rounds of evaluation add a fraction of a second, or about four seconds if the database answers each statement 150 ms "
    + "late ([how long alerts take](alert-times.md)). Each rule has a runbook; that of `CIRCUIT_OPEN` depends on the error code.",
    [
      "| rule | severity | what it means | threshold | for | cool-down | detected within |",
      "|---|---|---|---|---|---|---|",
      ...Object.entries(alertRules).map(row)
    ].join("\n"),
    "`ALERT_RULES` changes thresholds and times, or turns a rule off: `STUCK_JOB over=1800 for=5m cooldown=2m; NO_DATA off; * for=0`. "
    + "A duration is `90`, `90s`, `5m` or `2h`. The API and the monitor need the same value. A wrong name or value prevents the "
    + "start; the message names it.",
    "## States",
    [
      "- `pending`: the condition has not held for as long as *for* yet. No notice is sent. If the condition goes away, the alert is cleared.",
      "- `firing`: notices go out, step by step of the escalation.",
      "- `acknowledged`: an operator is working on it. It no longer escalates; the sinks already notified are told.",
      "- `silenced`: no notice until the end of the silence, at most 30 days; then the escalation continues. A silence must have an end.",
      "- `resolved`: the condition was gone for the cool-down. Every sink that was notified of the firing is notified of the resolution, even "
      + "during a silence."
    ].join("\n"),
    "At most one alert is open for each rule and subject. Every change is recorded as an event with time, actor and reason. Closed alerts are "
    + "kept for `KEEP_ALERTS_DAYS`.",
    "## Commands",
    [
      "```",
      "accessa alerts list [--all] [--state firing] [--severity critical] [--rule STUCK_JOB]",
      "accessa alerts show ID",
      "accessa alerts ack ID --reason TEXT",
      "accessa alerts silence ID --for 2h --reason TEXT",
      "accessa alerts unsilence ID --reason TEXT",
      "accessa alerts rules",
      "accessa alerts test [--sink slack]",
      "```"
    ].join("\n"),
    "## API",
    "For operators. `/docs` has the details.",
    [
      "| route | body | answer |",
      "|---|---|---|",
      "| `GET /api/v1/alerts` with `which` (`open`, `all`), `state`, `rule`, `severity` | | `alerts`, newest first, and `monitor` |",
      "| `GET /api/v1/alerts/rules` | | `rules`: `name`, `severity`, `title`, `meaning`, `threshold`, `unit`, `for_seconds`, `cool_down_seconds`, `enabled` |",
      "| `POST /api/v1/alerts/test` | `sink` (all if absent) | `results`: `sink`, `delivered`, `problem`, `took_ms` |",
      "| `GET /api/v1/alerts/{alert_id}` | | `alert`, `events`, `deliveries` |",
      "| `POST /api/v1/alerts/{alert_id}/acknowledge` | `reason` | the alert |",
      "| `POST /api/v1/alerts/{alert_id}/silence` | `reason`, `until` | the alert; 400 `SILENCE_WITHOUT_END` without `until` |",
      "| `POST /api/v1/alerts/{alert_id}/unsilence` | `reason` | the alert |"
    ].join("\n"),
    "An alert has `alert_id`, `rule`, `subject`, `key`, `code` (the runbook's name), `severity`, `state`, `message`, `count`, `opened_at`, `fired_at`, "
    + "`seen_at`, `acknowledged_at`, `silenced_until`, `closed_at`, `changed_by`, `change_reason` and `level` (`team`, `lead`, `manager`: the highest "
    + "that was notified). An event has `event_id`, `at`, `type` (`pending`, `firing`, `acknowledged`, `silenced`, `unsilenced`, `resolved`, `cleared`), "
    + "`actor`, `reason` and `silenced_until`. A delivery has `sink`, `state`, `level`, `attempts`, `created_at`, `delivered_at`, `run_at` (null: not tried "
    + "again) and `last_error`. `monitor` has `hostname`, `version`, `beat_at`, `judged_at` and `alive`; it is null if no monitor has ever run. "
    + "An alert that has ended refuses changes with 409 `ALERT_NOT_OPEN`."
  ].join("\n\n") + "\n"
