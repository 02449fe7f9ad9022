/** `accessa webhooks`: subscriptions to the end of jobs, and their deliveries. */
import { DateTime, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { DeliveryPage, MadeSubscription, SubscriptionList } from "../../api/webhooks.ts"
import { Delivery, DeliveryId, Subscription, type SubscriptionId, WebhookEvent } from "../../domain/Webhook.ts"
import { Client } from "../client/Client.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import { limit } from "../flags.ts"
import { ago, shortId } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { printTable } from "../terminal/table.ts"

const webhook = Argument.String("webhook").pipe(
  Argument.withDescription("The webhook's id, or its first characters")
)

const list = Command.make("list", {}, () =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const found = yield* call((api) => api.subscriptions.list())
    yield* output.record(yield* encoded(SubscriptionList, found))
    if (output.json) return
    if (found.webhooks.length === 0) {
      return yield* output.note("No webhooks. Create one with `accessa webhooks add URL`.")
    }
    yield* printTable(
      [{ title: "WEBHOOK" }, { title: "STATE" }, { title: "EVENTS" }, { title: "URL" }],
      found.webhooks.map((each) => [
        { text: output.stdoutIsTerminal ? shortId(each.subscriptionId) : each.subscriptionId },
        { text: stateOf(each) },
        { text: each.events.join(" ") },
        { text: printable(each.url) }
      ])
    )
  })).pipe(Command.withDescription("List your webhooks, newest first"), Command.withAlias("ls"))

const add = Command.make("add", {
  url: Argument.String("url").pipe(Argument.withDescription("The HTTPS URL to call")),
  event: Flag.Literals("event", WebhookEvent.literals).pipe(
    Flag.withDescription("Only this event; may be repeated (default: all events)"),
    Flag.atLeast(0)
  )
}, ({ event, url }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    yield* show(
      yield* call((api) =>
        api.subscriptions.create({ payload: { url, ...(event.length === 0 ? {} : { events: event }) } })
      )
    )
  })).pipe(Command.withDescription("Subscribe to job events; the signing secret is shown once"))

const rotate = Command.make("rotate", { webhook }, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const subscriptionId = yield* resolve(flags.webhook)
    yield* show(yield* call((api) => api.subscriptions.rotate({ params: { subscription_id: subscriptionId } })))
  })).pipe(Command.withDescription("Rotate the secret; the old one also signs for a day"))

const remove = Command.make("remove", { webhook }, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const subscriptionId = yield* resolve(flags.webhook)
    yield* call((api) => api.subscriptions.remove({ params: { subscription_id: subscriptionId } }))
    yield* output.record({ subscriptionId, removed: true })
    yield* output.print(`${output.style.green("✓")} ${subscriptionId} and its deliveries are removed.`)
  })).pipe(Command.withDescription("Remove a webhook and its deliveries"), Command.withAlias("rm"))

const switched = (name: "enable" | "disable", description: string) =>
  Command.make(name, { webhook }, (flags) =>
    Effect.gen(function*() {
      const { call } = yield* Client
      const output = yield* Output
      const subscriptionId = yield* resolve(flags.webhook)
      const changed = yield* call((api) =>
        api.subscriptions.update({
          params: { subscription_id: subscriptionId },
          payload: { active: name === "enable" }
        })
      )
      yield* output.record(yield* encoded(Subscription, changed))
      yield* output.print(`${output.style.green("✓")} ${subscriptionId} is ${stateOf(changed)}.`)
    })).pipe(Command.withDescription(description))

const test = Command.make("test", { webhook }, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const subscriptionId = yield* resolve(flags.webhook)
    yield* showQueued(yield* call((api) => api.subscriptions.test({ params: { subscription_id: subscriptionId } })))
  })).pipe(Command.withDescription("Send a test event"))

const deliveries = Command.make(
  "deliveries",
  { webhook, limit: limit("deliveries", 20, 200) },
  (flags) =>
    Effect.gen(function*() {
      const { call } = yield* Client
      const output = yield* Output
      const subscriptionId = yield* resolve(flags.webhook)
      const page = yield* call((api) =>
        api.subscriptions.deliveries({ params: { subscription_id: subscriptionId }, query: { limit: flags.limit } })
      )
      yield* output.record(yield* encoded(DeliveryPage, page))
      if (output.json) return
      if (page.deliveries.length === 0) return yield* output.note("No deliveries yet.")
      const now = DateTime.toDate(yield* DateTime.now)
      yield* printTable(
        [
          { title: "DELIVERY" },
          { title: "EVENT" },
          { title: "STATUS" },
          { title: "ATTEMPTS", align: "right" },
          { title: "CREATED", align: "right" },
          { title: "LAST ANSWER" }
        ],
        page.deliveries.map((each) => [
          { text: each.deliveryId },
          { text: each.event },
          { text: each.status },
          { text: String(each.attempt) },
          { text: ago(DateTime.toDate(each.createdAt), now) },
          { text: printable(each.lastError ?? String(each.lastStatus ?? "")) }
        ])
      )
    })
).pipe(Command.withDescription("Show the latest deliveries"))

const replay = Command.make("replay", {
  delivery: Argument.String("delivery").pipe(
    Argument.withDescription("The delivery's id"),
    Argument.withSchema(DeliveryId)
  )
}, (flags) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    yield* showQueued(yield* call((api) => api.subscriptions.replay({ params: { delivery_id: flags.delivery } })))
  })).pipe(Command.withDescription("Send a delivery again"))

export const webhooks = Command.make("webhooks").pipe(
  Command.withDescription("Notifications when jobs end"),
  Command.withSubcommands([
    list,
    add,
    remove,
    rotate,
    switched("enable", "Enable a webhook, including one disabled after failures"),
    switched("disable", "Disable a webhook; pending deliveries are dropped"),
    test,
    deliveries,
    replay
  ])
)

/** The secret alone on stdout, so that a script can take it. */
const show = Effect.fnUntraced(function*(made: typeof MadeSubscription.Type) {
  const output = yield* Output
  yield* output.record(yield* encoded(MadeSubscription, made))
  if (made.secret === null) {
    return yield* output.note(`${made.subscriptionId} was created by an earlier request, which showed its secret.`)
  }
  yield* output.note(`Webhook ${made.subscriptionId}. Its secret is shown this once:`)
  yield* output.print(made.secret)
})

const showQueued = Effect.fnUntraced(function*(delivery: Delivery) {
  const output = yield* Output
  yield* output.record(yield* encoded(Delivery, delivery))
  yield* output.print(`${output.style.green("✓")} ${delivery.deliveryId} is queued again.`)
})

const stateOf = ({ active, disabledReason, failingSince }: Subscription): string => {
  if (!active) return disabledReason === null ? "off" : `disabled: ${disabledReason}`
  return failingSince === null ? "on" : `failing since ${DateTime.formatIsoDate(failingSince)}`
}

/** Looked up by the first characters of its id, as shown in tables. */
const resolve = Effect.fnUntraced(function*(given: string) {
  const { call } = yield* Client
  const { webhooks } = yield* call((api) => api.subscriptions.list())
  const found = webhooks.filter(({ subscriptionId }) => subscriptionId.startsWith(given.toLowerCase()))
  const [first, second] = found.map(({ subscriptionId }): SubscriptionId => subscriptionId)
  if (first !== undefined && second === undefined && given.length >= 4) return first
  return yield* second !== undefined
    ? failure(
      "usage",
      "AMBIGUOUS_ID",
      `More than one webhook's id begins with ${printable(given)}.`,
      "Use more characters."
    )
    : failure(
      "notFound",
      "WEBHOOK_NOT_FOUND",
      `You have no webhook ${printable(given)}.`,
      "`accessa webhooks list` shows your webhooks."
    )
})
