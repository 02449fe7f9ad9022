/**
 * Delivers webhooks: claims due deliveries, posts them signed, and records the outcome. At least once: if the worker dies
 * between the response and the row, the delivery is posted again with the same id.
 */
import { Clock, Duration, Effect, Exit, FiberSet, Layer, Option, Queue, Random, Stream, SubscriptionRef } from "effect"
import { count, timed } from "../../otel/metrics/record.ts"
import { describeSpan, jobAttributes, spanAttributes } from "../../otel/names/attributes.ts"
import { jobFields, withLogFields } from "../../otel/names/logFields.ts"
import { tracedIfRecorded, untraced } from "../../otel/shared.ts"
import { remoteSpan } from "../../otel/traceContext.ts"
import { type ClaimedDelivery, type DeliveryOutcome, DeliveryQueue } from "../../services/DeliveryQueue.ts"
import { Egress } from "../../services/Egress.ts"
import { signWebhook } from "../domain/signWebhook.ts"
import {
  deliveriesAtOnce,
  deliveryBusyInterval,
  deliveryLease,
  deliveryPatience,
  deliveryPollInterval,
  deliveryTimeout,
  redeliverAfter
} from "../policy/deliveries.ts"
import { errorPause, idlePollInterval } from "../policy/worker.ts"
import { version } from "../settings/version.ts"
import { Sweeper } from "./Sweeper.ts"

/** Delivers for as long as the layer lives. */
export const Deliveries = Layer.effectDiscard(Effect.gen(function*() {
  const queue = yield* DeliveryQueue
  const egress = yield* Egress
  const sweeper = yield* Sweeper
  const wake = yield* Queue.sliding<void>(1)
  const underWay = yield* FiberSet.make<void>()

  const post = Effect.fnUntraced(function*(delivery: ClaimedDelivery) {
    const headers = {
      "content-type": "application/json",
      "user-agent": `accessa-webhooks/${version}`,
      ...signWebhook({ ...delivery, id: delivery.deliveryId }, yield* Clock.currentTimeMillis)
    }
    return yield* egress.post({ url: delivery.url, headers, body: delivery.payload })
  })

  const deliver = Effect.fnUntraced(function*(delivery: ClaimedDelivery) {
    const retryIn = redeliverAfter(delivery.attempt, yield* Random.next)
    const outcome = yield* post(delivery).pipe(
      Effect.match({
        onSuccess: ({ status }) => judge(status, retryIn),
        onFailure: ({ message }) => failed(Option.none(), message, retryIn)
      }),
      timed("accessa_webhook_delivery_seconds", (exit) => ({ outcome: outcomeOf(exit) }))
    )
    if (!(yield* queue.record(delivery, outcome, deliveryPatience))) {
      yield* count("accessa_stale_writes_total", { what: "delivery" })
      yield* Effect.logWarning("Stale claim: another worker has recorded this delivery.")
    }
    if (outcome._tag === "Failed") {
      yield* describeSpan({ "error.type": Option.getOrElse(Option.map(outcome.status, String), () => "no_answer") })
    }
    if (outcome._tag === "Failed" && Option.isNone(outcome.retryIn)) {
      yield* Effect.logWarning(`Delivery ${delivery.deliveryId} is dead: ${outcome.error}`)
    }
  }, (run, delivery) =>
    run.pipe(
      inTrace(delivery),
      // It becomes due again when its lease expires.
      Effect.catch((error) => Effect.logError(`Could not record a delivery. ${error.code}: ${error.message}`)),
      Effect.ensuring(Queue.offer(wake, undefined))
    ))

  const round = Effect.gen(function*() {
    const free = deliveriesAtOnce - (yield* FiberSet.size(underWay))
    const claimed = free > 0 ? yield* untraced(queue.claim(free, deliveryLease)) : []
    for (const delivery of claimed) yield* FiberSet.run(underWay, deliver(delivery))
    if (claimed.length > 0) return
    // The sweeper polls for the other workers.
    const maximum = (yield* SubscriptionRef.get(sweeper)) ? deliveryPollInterval : idlePollInterval
    const pause = Option.match(yield* untraced(queue.nextDue), {
      onNone: () => maximum,
      onSome: Duration.clamp({ minimum: deliveryBusyInterval, maximum })
    })
    yield* Effect.timeoutOption(Queue.take(wake), pause)
  }).pipe(
    Effect.catch((error) =>
      Effect.logError(`Webhooks cannot be delivered. ${error.code}: ${error.message}`).pipe(
        Effect.andThen(Effect.sleep(errorPause))
      )
    )
  )

  yield* queue.wakeups.pipe(
    Stream.runForEach(() => Queue.offer(wake, undefined)),
    Effect.catch((error) => Effect.logError(`Cannot listen for new deliveries: ${error.message}`)),
    Effect.forkScoped
  )
  // Runs after the loop has ended: deliveries in progress may finish; otherwise another worker repeats them.
  yield* Effect.addFinalizer(() => Effect.timeoutOption(FiberSet.awaitEmpty(underWay), deliveryTimeout))
  yield* Effect.forkScoped(Effect.forever(round))
}))

/** Another worker repeats the attempt that a stopping one breaks off. */
const outcomeOf = (exit: Exit.Exit<DeliveryOutcome>): "delivered" | "retried" | "dead" => {
  if (Exit.isFailure(exit)) return "retried"
  if (exit.value._tag === "Delivered") return "delivered"
  return Option.isNone(exit.value.retryIn) ? "dead" : "retried"
}

/** In the trace of the job that it tells of. */
const inTrace =
  ({ attempt, deliveryId, origin }: ClaimedDelivery) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const job = Option.getOrUndefined(origin)
    const attributes = job === undefined ? {} : jobAttributes(job)
    return run.pipe(
      withLogFields({ ...job === undefined ? {} : jobFields(job), delivery_id: deliveryId, attempt }),
      Effect.annotateSpans({ ...attributes, ...spanAttributes({ attempt }) }),
      tracedIfRecorded,
      Effect.withSpan("process webhook_deliveries", {
        kind: "consumer",
        parent: remoteSpan(job?.traceparent ?? null),
        attributes: {
          ...attributes,
          ...spanAttributes({
            attempt,
            "messaging.system": "postgresql",
            "messaging.destination.name": "webhook_deliveries",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.message.id": deliveryId
          })
        }
      })
    )
  }

/** Any 2xx counts as delivered; 410 asks to be unsubscribed. */
const judge = (status: number, retryIn: Option.Option<Duration.Duration>): DeliveryOutcome =>
  status >= 200 && status < 300
    ? { _tag: "Delivered", status }
    : failed(Option.some(status), `The receiver answered ${status}.`, retryIn)

const failed = (
  status: Option.Option<number>,
  error: string,
  retryIn: Option.Option<Duration.Duration>
): DeliveryOutcome => {
  const gone = Option.contains(status, 410)
  return { _tag: "Failed", status, error, gone, retryIn: gone ? Option.none() : retryIn }
}
