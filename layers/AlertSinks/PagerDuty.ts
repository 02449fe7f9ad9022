/** Alerts as events of PagerDuty's Events API v2: trigger, acknowledge and resolve one incident by its deduplication key. */
import { DateTime, Effect, Redacted } from "effect"
import { HttpClient } from "effect/http"
import type { AlertSink } from "../../services/AlertSinks.ts"
import type { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { postJson } from "./http/postJson.ts"
import { facts, headline, links, shorten } from "./text/describe.ts"

export interface PagerDutyOptions {
  readonly url: URL
  readonly routingKey: Redacted.Redacted
}

export const pagerDutySink = Effect.fnUntraced(function*({ routingKey, url }: PagerDutyOptions) {
  const client = yield* HttpClient.HttpClient
  const sink = { name: "pagerduty", service: "PagerDuty", url, secrets: [routingKey] } as const
  return {
    name: sink.name,
    deliver: Effect.fn("AlertSinks.pagerduty")(
      (notice: AlertNotice) => postJson(sink, { routing_key: Redacted.value(routingKey), ...eventOf(notice) }),
      Effect.provideService(HttpClient.HttpClient, client)
    )
  } satisfies AlertSink
})

const actions = { firing: "trigger", acknowledged: "acknowledge", resolved: "resolve" } as const

/** The limits are PagerDuty's; only a trigger has a payload. */
const eventOf = (notice: AlertNotice) => ({
  event_action: actions[notice.state],
  dedup_key: shorten(`accessa/${notice.environment}/${notice.alertId}`, 255),
  ...(notice.state !== "firing" ? {} : {
    payload: {
      summary: shorten(headline(notice), 1_024),
      source: `accessa-${notice.environment}`,
      severity: notice.severity,
      timestamp: DateTime.formatIso(notice.startedAt),
      component: notice.subject,
      group: notice.environment,
      class: notice.rule,
      custom_details: { Description: shorten(notice.description, 10_000), ...Object.fromEntries(facts(notice)) }
    },
    client: "Accessa Ingestion",
    ...(notice.dashboardUrl === "" ? {} : { client_url: notice.dashboardUrl }),
    links: links(notice).map(([text, href]) => ({ href, text }))
  })
})
