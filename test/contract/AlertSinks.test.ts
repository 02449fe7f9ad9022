import { NodeHttpClient } from "@effect/platform-node"
import { Effect, Layer, Redacted } from "effect"
import { alertmanagerSink } from "../../layers/AlertSinks/Alertmanager.ts"
import { emailSink } from "../../layers/AlertSinks/Email.ts"
import { pagerDutySink } from "../../layers/AlertSinks/PagerDuty.ts"
import { slackSink } from "../../layers/AlertSinks/Slack.ts"
import { webhookSink } from "../../layers/AlertSinks/Webhook.ts"
import { EgressNode, resolveBySystem } from "../../layers/Egress/Node.ts"
import { sinkTimeout } from "../../src/policy/alertSinks.ts"
import { mailPassword, serveMail } from "../support/stubs/alerts/MailServer.ts"
import {
  alertmanagerToken,
  routingKey,
  serveAlertmanager,
  servePagerDuty,
  serveSlack,
  serveWebhook,
  webhookSecret
} from "../support/stubs/alerts/receivers.ts"
import { alertSinkContract } from "./AlertSinks.ts"

/** The layer lives as long as the sink that was made over it. */
const over = <S>(layer: Layer.Layer<S>) => <A, E, R>(make: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Layer.build(layer), (context) => Effect.provideContext(make, context))

const http = { tellsAlertsApart: true, sendsRetryAfter: true }

alertSinkContract(
  "webhook",
  Effect.gen(function*() {
    const receiver = yield* serveWebhook
    const url = Redacted.make(new URL("/in?token=s3cret-of-the-address", receiver.url))
    const sink = yield* webhookSink({ url, secret: Redacted.make(webhookSecret) })
    return { sink, receiver, secrets: ["s3cret", webhookSecret.slice(6)], ...http }
  }).pipe(over(EgressNode({ allowPrivate: true, httpsOnly: false, timeout: sinkTimeout, resolve: resolveBySystem })))
)

alertSinkContract(
  "slack",
  Effect.gen(function*() {
    const receiver = yield* serveSlack
    const url = Redacted.make(new URL("/services/T0/B0/s3cret-of-slack", receiver.url))
    const sink = yield* slackSink({ url })
    return { sink, receiver, secrets: ["s3cret"], ...http, tellsAlertsApart: false }
  }).pipe(over(NodeHttpClient.layerUndici))
)

alertSinkContract(
  "pagerduty",
  Effect.gen(function*() {
    const receiver = yield* servePagerDuty
    const sink = yield* pagerDutySink({ url: receiver.url, routingKey: Redacted.make(routingKey) })
    return { sink, receiver, secrets: [routingKey, "s3cret"], ...http }
  }).pipe(over(NodeHttpClient.layerUndici))
)

alertSinkContract(
  "alertmanager",
  Effect.gen(function*() {
    const receiver = yield* serveAlertmanager
    const url = new URL("/prefix", receiver.url)
    const sink = yield* alertmanagerSink({ url, token: Redacted.make(alertmanagerToken) })
    return { sink, receiver, secrets: ["s3cret"], ...http }
  }).pipe(over(NodeHttpClient.layerUndici))
)

alertSinkContract(
  "email",
  Effect.gen(function*() {
    const receiver = yield* serveMail({ hideSTARTTLS: true, allowInsecureAuth: true })
    const server = new URL(receiver.url)
    server.username = "alerts"
    server.password = encodeURIComponent(mailPassword)
    const sink = emailSink({
      server: Redacted.make(server),
      from: "Accessa <alerts@example.com>",
      to: ["team@example.com"],
      tls: "optional"
    })
    const encoded = Buffer.from(`\0alerts\0${mailPassword}`).toString("base64")
    const secrets = [mailPassword, encodeURIComponent(mailPassword), "s3cret", encoded]
    return { sink, receiver, secrets, tellsAlertsApart: true, sendsRetryAfter: false }
  })
)
