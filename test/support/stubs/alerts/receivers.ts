/** The receivers of the sinks that speak HTTP, as strict as the real ones. */
import { Schema } from "effect"
import { Webhook } from "standardwebhooks"
import { serveReceiver } from "./Receiver.ts"

const read = <A>(schema: Schema.Decoder<A>) => {
  const decode = Schema.decodeUnknownOption(Schema.fromJsonString(schema))
  return (body: Buffer) => decode(body.toString("utf8"))
}

const atMost = (length: number) => Schema.NonEmptyString.check(Schema.isMaxLength(length))

const slackBody = read(Schema.Struct({
  attachments: Schema.Tuple([Schema.Struct({
    fallback: Schema.NonEmptyString,
    color: Schema.String.check(Schema.isPattern(/^#[0-9a-f]{6}$/)),
    title: Schema.NonEmptyString,
    text: Schema.String,
    fields: Schema.Array(Schema.Struct({ title: Schema.NonEmptyString, value: Schema.String, short: Schema.Boolean })),
    ts: Schema.Int
  })])
}))

export const serveSlack = serveReceiver(({ body, url }) => {
  const message = slackBody(body)
  if (url.pathname !== "/services/T0/B0/s3cret-of-slack") return { refusal: { status: 404, body: "no_service" } }
  if (message._tag === "None") return { refusal: { status: 400, body: "invalid_payload" } }
  const [{ fallback }] = message.value.attachments
  return { alert: "", state: fallback.split(":")[0]?.toLowerCase() ?? "", text: body.toString("utf8") }
}, { status: 200, body: "ok" })

const pagerDutyBody = read(Schema.Union([
  Schema.Struct({
    routing_key: Schema.String,
    dedup_key: atMost(255),
    event_action: Schema.Literal("trigger"),
    payload: Schema.Struct({
      summary: atMost(1_024),
      source: Schema.NonEmptyString,
      severity: Schema.Literals(["critical", "error", "warning", "info"]),
      timestamp: Schema.DateTimeUtcFromString
    }),
    links: Schema.Array(Schema.Struct({ href: Schema.NonEmptyString, text: Schema.NonEmptyString }))
  }),
  Schema.Struct({
    routing_key: Schema.String,
    dedup_key: atMost(255),
    event_action: Schema.Literals(["acknowledge", "resolve"])
  })
]))

export const routingKey = "0123456789abcdef0123456789s3cret"

export const servePagerDuty = serveReceiver(({ body }) => {
  const event = pagerDutyBody(body)
  if (event._tag === "None" || event.value.routing_key !== routingKey || body.length > 512_000) {
    return { refusal: { status: 400, body: { status: "invalid event", message: "Event object is invalid" } } }
  }
  const { dedup_key, event_action } = event.value
  const state = { trigger: "firing", acknowledge: "acknowledged", resolve: "resolved" }[event_action]
  return { alert: dedup_key, state, text: body.toString("utf8") }
}, { status: 202, body: { status: "success", message: "Event processed" } })

const alertmanagerBody = read(Schema.Tuple([Schema.Struct({
  labels: Schema.Record(Schema.String.check(Schema.isPattern(/^[a-zA-Z_]\w*$/)), Schema.NonEmptyString),
  annotations: Schema.Record(Schema.String, Schema.String),
  startsAt: Schema.DateTimeUtcFromString,
  endsAt: Schema.DateTimeUtcFromString
})]))

export const alertmanagerToken = "s3cret-of-alertmanager"

export const serveAlertmanager = serveReceiver(({ body, headers, url }) => {
  const alert = alertmanagerBody(body)
  if (url.pathname !== "/prefix/api/v2/alerts") return { refusal: { status: 404, body: "404 page not found" } }
  if (headers.authorization !== `Bearer ${alertmanagerToken}`) return { refusal: { status: 401 } }
  if (alert._tag === "None") return { refusal: { status: 400, body: "start time must be before end time" } }
  const [{ annotations, labels }] = alert.value
  return { alert: JSON.stringify(labels), state: annotations["state"] ?? "", text: body.toString("utf8") }
}, { status: 200, body: "" })

const webhookBody = read(Schema.Struct({
  type: Schema.TemplateLiteral(["alert.", Schema.Literals(["firing", "acknowledged", "resolved"])]),
  timestamp: Schema.DateTimeUtcFromString,
  data: Schema.Struct({
    alert_id: Schema.NonEmptyString,
    started_at: Schema.DateTimeUtcFromString,
    ended_at: Schema.NullOr(Schema.DateTimeUtcFromString),
    runbook_url: Schema.String
  })
}))

export const webhookSecret = `whsec_${Buffer.from("s3cret-of-the-webhook-receiver").toString("base64")}`

export const serveWebhook = serveReceiver(({ body, headers }) => {
  const event = webhookBody(body)
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  try {
    new Webhook(webhookSecret).verify(body.toString("utf8"), given)
  } catch {
    return { refusal: { status: 401, body: "invalid signature" } }
  }
  if (event._tag === "None") return { refusal: { status: 422 } }
  return {
    alert: event.value.data.alert_id,
    state: event.value.type.slice("alert.".length),
    text: body.toString("utf8")
  }
}, { status: 204 })
