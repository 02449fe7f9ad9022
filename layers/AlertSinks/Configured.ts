/** The sinks that the settings name, all of which are notified. */
import { Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { type AlertSink, AlertSinks } from "../../services/AlertSinks.ts"
import type { Egress } from "../../services/Egress.ts"
import { type AlertmanagerOptions, alertmanagerSink } from "./Alertmanager.ts"
import type { EmailOptions } from "./Email.ts"
import { logSink } from "./Log.ts"
import { type PagerDutyOptions, pagerDutySink } from "./PagerDuty.ts"
import { type SlackOptions, slackSink } from "./Slack.ts"
import { type WebhookOptions, webhookSink } from "./Webhook.ts"

export type SinkOptions =
  | { readonly name: "log" }
  | { readonly name: "webhook" } & WebhookOptions
  | { readonly name: "slack" } & SlackOptions
  | { readonly name: "pagerduty" } & PagerDutyOptions
  | { readonly name: "email" } & EmailOptions
  | { readonly name: "alertmanager" } & AlertmanagerOptions

export const AlertSinksConfigured = (sinks: ReadonlyArray<SinkOptions>) =>
  Layer.effect(AlertSinks, Effect.forEach(sinks, makeSink))

const makeSink = (options: SinkOptions): Effect.Effect<AlertSink, never, HttpClient.HttpClient | Egress> => {
  switch (options.name) {
    case "log":
      return Effect.succeed(logSink)
    case "webhook":
      return webhookSink(options)
    case "slack":
      return slackSink(options)
    case "pagerduty":
      return pagerDutySink(options)
    case "email":
      // Its client takes a tenth of a process's time to load: only where it is used.
      return Effect.promise(async () => (await import("./Email.ts")).emailSink(options))
    case "alertmanager":
      return alertmanagerSink(options)
  }
}
