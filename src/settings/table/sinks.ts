/** Settings of the rules, of the sinks that notices of alerts go to, and of the heartbeat that an outside service watches. */
import {
  address,
  amount,
  byDefault,
  flag,
  nonEmpty,
  oneOf,
  optional,
  secret,
  secretAddress,
  secretHeader,
  setting,
  text
} from "../Setting.ts"

export const alerts = {
  ALERT_RULES: setting(
    ["api", "monitor"],
    text,
    byDefault(""),
    "Changes to the rules of docs/alerts.md, separated by semicolons, such as "
      + "STUCK_JOB over=1800 for=5m cooldown=2m; NO_DATA off. * means every rule. Set the same value for the API and the monitor."
  ),
  ALERT_ESCALATION: setting(
    ["monitor"],
    text,
    byDefault("team=*; lead@15m=*; manager@30m=*"),
    "Who is notified when, step by step: level, time since the alert began to fire, sinks of ALERT_SINKS, such as "
      + "team=log,slack; lead@15m=pagerduty; manager@30m=email. * means all. Only critical alerts go beyond the first step."
  ),
  DASHBOARD_URL: setting(
    ["monitor", "cli"],
    address,
    optional,
    "Address at which people reach the dashboard, for links in notices. Unset: this machine, on MONITOR_PORT."
  ),
  ALERT_INTERVAL_SECONDS: setting(
    ["monitor"],
    amount("seconds", 0.2, 3_600),
    byDefault(10),
    "Seconds between two evaluations of the rules."
  )
}

export const sinks = {
  ALERT_SINKS: setting(
    ["api", "monitor"],
    text,
    byDefault("log"),
    "Where alerts go, separated by commas: log, webhook, slack, pagerduty, email, alertmanager. Each one needs its "
      + "settings below. `accessa alerts test` tries them from the API, so give the API the same values."
  ),
  ALERT_WEBHOOK_URL: setting(["api", "monitor"], secretAddress, optional, "Address of the sink webhook."),
  ALERT_WEBHOOK_SECRET: setting(
    ["api", "monitor"],
    secret,
    optional,
    "Signs the sink webhook's calls as other webhooks are signed: whsec_ followed by at least 24 bytes in base64. "
      + "`echo whsec_$(openssl rand -base64 32)` makes one."
  ),
  ALERT_WEBHOOK_ALLOW_PRIVATE: setting(
    ["api", "monitor"],
    flag,
    byDefault(false),
    "true: allow the sink webhook to call this machine and private networks, also over plain http."
  ),
  ALERT_SLACK_URL: setting(
    ["api", "monitor"],
    secretAddress,
    optional,
    "Incoming webhook of Slack, or of Mattermost, Rocket.Chat or Discord (with /slack at its end)."
  ),
  ALERT_PAGERDUTY_ROUTING_KEY: setting(
    ["api", "monitor"],
    secret,
    optional,
    "Integration key of PagerDuty's Events API v2, 32 characters."
  ),
  ALERT_PAGERDUTY_URL: setting(
    ["api", "monitor"],
    address,
    byDefault(new URL("https://events.pagerduty.com/v2/enqueue")),
    "For accounts in the EU: https://events.eu.pagerduty.com/v2/enqueue."
  ),
  ALERT_EMAIL_SERVER: setting(
    ["api", "monitor"],
    secret,
    optional,
    "smtps://user:password@host:465 (TLS from the start) or smtp://user:password@host:587 (STARTTLS). Special "
      + "characters in the password are percent-encoded."
  ),
  ALERT_EMAIL_FROM: setting(
    ["api", "monitor"],
    nonEmpty,
    optional,
    "Sender of the mails, such as Accessa <alerts@example.com>."
  ),
  ALERT_EMAIL_TO: setting(["api", "monitor"], nonEmpty, optional, "Recipients of the mails, separated by commas."),
  ALERT_EMAIL_TLS: setting(
    ["api", "monitor"],
    oneOf("required", "optional"),
    byDefault("required" as const),
    "optional: send mails without TLS if the server does not offer it. Not allowed with a password."
  ),
  ALERT_ALERTMANAGER_URL: setting(
    ["api", "monitor"],
    address,
    optional,
    "Address of a Prometheus Alertmanager, such as http://127.0.0.1:9093."
  ),
  ALERT_ALERTMANAGER_TOKEN: setting(
    ["api", "monitor"],
    secretHeader,
    optional,
    "Bearer token for the Alertmanager. Unset: none."
  ),
  HEARTBEAT_URL: setting(
    ["monitor"],
    secretAddress,
    optional,
    "Called as long as the rules are evaluated on fresh data, for a service that alerts you when the calls stop, such as "
      + "https://hc-ping.com/UUID. Unset: no calls."
  ),
  HEARTBEAT_INTERVAL_SECONDS: setting(
    ["monitor"],
    amount("seconds", 1, 86_400),
    byDefault(60),
    "Seconds between two such calls."
  )
}
