/** Webhooks: told where to go, looked after, tried out and sent again. Each user's own. */
import { Duration, Effect, Option, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Egress } from "../../services/Egress.ts"
import { Webhooks, type WithSecret } from "../../services/Webhooks.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { Correlation } from "../api/Correlation.ts"
import { BadRequest, Conflict, NotFound } from "../api/Problem.ts"
import { type Delivery, DeliveryId, type SubscriptionId, WebhookEvent } from "../domain/Webhook.ts"
import { stageProblem } from "./middleware/stageProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { fromCursor, toCursor } from "./server/cursor.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { setHeader } from "./server/setHeader.ts"
import { tooMany } from "./server/tooMany.ts"

export const SubscriptionsLive = HttpApiBuilder.group(
  Api,
  "subscriptions",
  Effect.fnUntraced(function*(handlers) {
    const webhooks = yield* Webhooks
    const egress = yield* Egress
    const { bounds } = yield* HttpOptions

    const find = Effect.fnUntraced(function*(id: SubscriptionId) {
      return yield* found(id, yield* webhooks.find((yield* Caller).userId, id))
    })

    return handlers
      .handle(
        "list",
        Effect.fn("http.subscriptions.list")(function*() {
          return { webhooks: yield* webhooks.list((yield* Caller).userId) }
        }, stageProblem)
      )
      .handle(
        "create",
        Effect.fn("http.subscriptions.create")(function*({ payload }) {
          const { events = WebhookEvent.literals } = payload
          const url = yield* callable(egress, payload.url)
          const made = yield* webhooks.create(
            (yield* Caller).userId,
            { url, events, atMost: bounds.webhooks },
            yield* byCaller
          )
          if (Option.isSome(made)) return yield* shownOnce(made.value)
          const detail = `A user has at most ${bounds.webhooks} webhooks.`
          return yield* new Conflict({ code: "TOO_MANY_WEBHOOKS", detail, correlation_id: yield* Correlation })
        }, stageProblem)
      )
      .handle(
        "get",
        Effect.fn("http.subscriptions.get")(({ params }) => find(params.subscription_id), stageProblem)
      )
      .handle(
        "update",
        Effect.fn("http.subscriptions.update")(function*({ params: { subscription_id }, payload }) {
          const url = payload.url === undefined ? {} : { url: yield* callable(egress, payload.url) }
          const { userId } = yield* Caller
          return yield* found(
            subscription_id,
            yield* webhooks.update(userId, subscription_id, { ...payload, ...url }, yield* byCaller)
          )
        }, stageProblem)
      )
      .handle(
        "remove",
        Effect.fn("http.subscriptions.remove")(function*({ params: { subscription_id } }) {
          const removed = yield* webhooks.remove((yield* Caller).userId, subscription_id, yield* byCaller)
          if (!removed) return yield* missing(subscription_id)
        }, stageProblem)
      )
      .handle(
        "rotate",
        Effect.fn("http.subscriptions.rotate")(function*({ params: { subscription_id } }) {
          const rotated = yield* webhooks.rotate((yield* Caller).userId, subscription_id, yield* byCaller)
          return yield* shownOnce(yield* found(subscription_id, rotated))
        }, stageProblem)
      )
      .handle(
        "test",
        Effect.fn("http.subscriptions.test")(function*({ params: { subscription_id } }) {
          const queued = yield* webhooks.test((yield* Caller).userId, subscription_id)
          return queued === "missing" ? yield* missing(subscription_id) : yield* active(queued)
        }, stageProblem)
      )
      .handle(
        "deliveries",
        Effect.fn("http.subscriptions.deliveries")(function*({ params, query: { cursor, limit = 50 } }) {
          const { subscription_id } = yield* find(params.subscription_id)
          const after = yield* readPlace(cursor)
          const rows = yield* webhooks.deliveries((yield* Caller).userId, subscription_id, {
            // One more than asked for tells whether there is a next page.
            limit: limit + 1,
            ...(after === undefined ? {} : { after })
          })
          const page = rows.slice(0, limit)
          const last = page.at(-1)
          return {
            deliveries: page,
            next_cursor: last !== undefined && rows.length > limit ? toCursor(last.delivery_id) : null
          }
        }, stageProblem)
      )
      .handle(
        "replay",
        Effect.fn("http.subscriptions.replay")(function*({ params: { delivery_id } }) {
          const queued = yield* webhooks.replay((yield* Caller).userId, delivery_id, yield* byCaller)
          if (queued !== "missing") return yield* active(queued)
          const detail = `There is no delivery ${delivery_id}.`
          return yield* new NotFound({ code: "DELIVERY_NOT_FOUND", detail, correlation_id: yield* Correlation })
        }, stageProblem)
      )
  })
)

const readPlace = fromCursor(DeliveryId)

/** Refused now rather than at the first delivery, to whoever can change it. */
const callable = (egress: Egress["Service"], url: string) =>
  egress.check(url).pipe(Effect.catch(Effect.fnUntraced(function*({ message }) {
    return yield* new BadRequest({
      code: "WEBHOOK_URL_REFUSED",
      detail: `Webhooks cannot go there. ${message}`,
      errors: [{ pointer: "/payload/url", detail: message }],
      correlation_id: yield* Correlation
    })
  })))

const found = <A>(id: SubscriptionId, option: Option.Option<A>) =>
  Option.isSome(option) ? Effect.succeed(option.value) : missing(id)

const missing = Effect.fnUntraced(function*(id: SubscriptionId) {
  const detail = `There is no webhook ${id}.`
  return yield* new NotFound({ code: "WEBHOOK_NOT_FOUND", detail, correlation_id: yield* Correlation })
})

const active = Effect.fnUntraced(function*(queued: Delivery | "inactive" | "full") {
  if (queued === "full") {
    const what = "As many deliveries of this webhook are waiting as may."
    return yield* tooMany(what, Duration.minutes(1), "TOO_MANY_DELIVERIES")
  }
  if (queued !== "inactive") return queued
  const detail = "The webhook is not active: switch it on first."
  return yield* new Conflict({ code: "WEBHOOK_INACTIVE", detail, correlation_id: yield* Correlation })
})

const shownOnce = ({ secret, subscription }: WithSecret) =>
  Effect.as(setHeader("cache-control", "no-store"), { ...subscription, secret: Redacted.value(secret) })
