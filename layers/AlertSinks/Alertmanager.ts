/**
 * Alerts for a Prometheus Alertmanager, over its API v2. It has no state "acknowledged": such an alert stays active there, with
 * an annotation.
 */
import { Clock, DateTime, Duration, Effect, Option, type Redacted } from "effect"
import { HttpClient } from "effect/http"
import type { AlertSink } from "../../services/AlertSinks.ts"
import type { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { repeatInterval, unheardIsResolvedAfter } from "../../src/policy/alertSinks.ts"
import { postJson } from "./http/postJson.ts"

export interface AlertmanagerOptions {
  /** The address that its pages have, with any path prefix. */
  readonly url: URL
  readonly token: Redacted.Redacted | undefined
}

export const alertmanagerSink = Effect.fnUntraced(function*({ token, url }: AlertmanagerOptions) {
  const client = yield* HttpClient.HttpClient
  const sink = {
    name: "alertmanager",
    service: "Alertmanager",
    url: new URL("api/v2/alerts", url.href.replace(/\/?$/, "/")),
    token,
    secrets: token === undefined ? [] : [token]
  } as const
  return {
    name: sink.name,
    deliver: Effect.fn("AlertSinks.alertmanager")(
      function*(notice: AlertNotice) {
        yield* postJson(sink, [alertOf(notice, yield* Clock.currentTimeMillis)])
      },
      Effect.provideService(HttpClient.HttpClient, client)
    ),
    repeatEvery: repeatInterval
  } satisfies AlertSink
})

/** Labels identify the alert, so only what never changes is among them. */
const alertOf = (notice: AlertNotice, nowMillis: number) => ({
  labels: {
    ...Object.fromEntries(Object.entries(notice.labels).map(([name, value]) => [labelName(name), value])),
    alertname: notice.rule,
    severity: notice.severity,
    environment: notice.environment,
    service: "accessa",
    ...(notice.subject === "" ? {} : { subject: notice.subject })
  },
  annotations: {
    summary: notice.title,
    description: notice.description,
    runbook_url: notice.runbookUrl,
    state: notice.state,
    level: notice.level
  },
  startsAt: DateTime.formatIso(notice.startedAt),
  endsAt: DateTime.formatIso(Option.getOrElse(
    notice.endedAt,
    () => DateTime.makeUnsafe(nowMillis + Duration.toMillis(unheardIsResolvedAfter))
  )),
  ...(notice.dashboardUrl === "" ? {} : { generatorURL: notice.dashboardUrl })
})

/** Prometheus' alphabet for the names of labels. */
const labelName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d|$)/, "_")
