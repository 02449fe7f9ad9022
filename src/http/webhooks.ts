/** A user's webhooks: create, list, change, rotate, test, replay. */
import { Duration, Effect, Option, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Egress } from "../../services/Egress.ts"
import { DeliveryPlace, type Queueing, Webhooks, type WithSecret } from "../../services/Webhooks.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import { BadRequest, Conflict, NotFound } from "../api/Problem.ts"
import { defined } from "../domain/defined.ts"
import { type DeliveryId, type SubscriptionId, WebhookEvent } from "../domain/Webhook.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { byCaller } from "./server/byCaller.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { orMissing } from "./server/orMissing.ts"
import { fromCursor, toCursor } from "./server/pages.ts"
import { setHeader } from "./server/setHeader.ts"
import { tooMany } from "./server/tooMany.ts"

export const WebhooksLive = HttpApiBuilder.group(
  Api,
  "subscriptions",
  Effect.fnUntraced(function*(handlers) {
    const webhooks = yield* Webhooks
    const egress = yield* Egress
    const { bounds } = yield* HttpOptions

    const find = Effect.fnUntraced(function*(id: SubscriptionId) {
      return yield* found(yield* webhooks.find((yield* Caller).userId, id), id)
    })

    return handlers.handleAll({
      list: handler("http.webhooks.list", function*() {
        return { webhooks: yield* webhooks.list((yield* Caller).userId) }
      }),
      create: handler("http.webhooks.create", function*({ payload: { events = WebhookEvent.literals, url } }) {
        const webhook = { url: yield* callable(egress, url), events, atMost: bounds.webhooks }
        const made = yield* webhooks.create((yield* Caller).userId, webhook, yield* byCaller)
        return yield* shownOnce(yield* orMissing(made, () => tooManyWebhooks(bounds.webhooks)))
      }),
      get: handler("http.webhooks.get", function*({ params: { subscription_id } }) {
        return yield* find(subscription_id)
      }),
      update: handler("http.webhooks.update", function*({ params: { subscription_id }, payload }) {
        const url = payload.url === undefined ? undefined : yield* callable(egress, payload.url)
        const { userId } = yield* Caller
        const change = { ...payload, ...defined({ url }) }
        return yield* found(yield* webhooks.update(userId, subscription_id, change, yield* byCaller), subscription_id)
      }),
      remove: handler("http.webhooks.remove", function*({ params: { subscription_id } }) {
        const removed = yield* webhooks.remove((yield* Caller).userId, subscription_id, yield* byCaller)
        if (!removed) return yield* missing(subscription_id)
      }),
      rotate: handler("http.webhooks.rotate", function*({ params: { subscription_id } }) {
        const rotated = yield* webhooks.rotate((yield* Caller).userId, subscription_id, yield* byCaller)
        return yield* shownOnce(yield* found(rotated, subscription_id))
      }),
      test: handler("http.webhooks.test", function*({ params: { subscription_id } }) {
        const queued = yield* webhooks.test((yield* Caller).userId, subscription_id, yield* byCaller)
        return yield* queuedDelivery(yield* found(queued, subscription_id))
      }),
      deliveries: handler("http.webhooks.deliveries", function*({ params, query: { cursor, limit = 50 } }) {
        const { subscriptionId } = yield* find(params.subscription_id)
        const after = yield* readPlace(cursor)
        const { userId } = yield* Caller
        const { deliveries, next } = yield* webhooks.deliveries(userId, subscriptionId, {
          limit,
          ...defined({ after })
        })
        return { deliveries, nextCursor: Option.getOrNull(Option.map(next, toCursor)) }
      }),
      replay: handler("http.webhooks.replay", function*({ params: { delivery_id } }) {
        const queued = yield* webhooks.replay((yield* Caller).userId, delivery_id, yield* byCaller)
        return yield* queuedDelivery(yield* orMissing(queued, () => noDelivery(delivery_id)))
      })
    })
  })
)

const readPlace = fromCursor(DeliveryPlace)

/** A URL is refused when it is set, not at the first delivery: now its owner can still change it. */
const callable = (egress: Egress["Service"], url: string) =>
  Effect.mapError(egress.check(url), ({ message }) =>
    new BadRequest({
      code: "WEBHOOK_URL_REFUSED",
      detail: `This address cannot receive webhooks. ${message}`,
      errors: [{ pointer: "/payload/url", detail: message }]
    }))

const found = <A>(webhook: Option.Option<A>, id: SubscriptionId) => orMissing(webhook, () => missing(id))

const missing = (id: SubscriptionId) =>
  new NotFound({ code: "WEBHOOK_NOT_FOUND", detail: `There is no webhook ${id}.` })

const tooManyWebhooks = (limit: number) =>
  new Conflict({ code: "TOO_MANY_WEBHOOKS", detail: `A user has at most ${limit} webhooks.` })

const noDelivery = (id: DeliveryId) =>
  new NotFound({ code: "DELIVERY_NOT_FOUND", detail: `There is no delivery ${id}.` })

const queuedDelivery = Effect.fnUntraced(function*(queueing: Queueing) {
  switch (queueing._tag) {
    case "Queued":
      return queueing.delivery
    case "Full": {
      const what = "This webhook has reached its limit of waiting deliveries."
      return yield* tooMany(what, Duration.minutes(1), "TOO_MANY_DELIVERIES")
    }
    case "Inactive":
      return yield* new Conflict({ code: "WEBHOOK_INACTIVE", detail: "The webhook is not active: enable it first." })
  }
})

const shownOnce = ({ secret, subscription }: WithSecret) =>
  Effect.as(setHeader("cache-control", "no-store"), { ...subscription, secret: Redacted.value(secret) })
