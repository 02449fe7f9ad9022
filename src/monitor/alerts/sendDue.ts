/** Sends the notices that are due, each until its sink has taken it or a day has passed. */
import { DateTime, Duration, Effect, Option, Random } from "effect"
import { untraced } from "../../../otel/shared.ts"
import type { AlertRounds, DeliveryOutcome, DueDelivery } from "../../../services/AlertRounds.ts"
import { type AlertSink, AlertSinks } from "../../../services/AlertSinks.ts"
import { noticeGivenUpAfter, noticeLease } from "../../policy/alerts.ts"
import { retryIn } from "./dueNotices.ts"

export const sendDue = Effect.fnUntraced(function*(rounds: AlertRounds["Service"], fence: number) {
  const sinks = yield* AlertSinks
  let claimed: ReadonlyArray<DueDelivery>
  do {
    claimed = yield* untraced(rounds.claim(fence, yield* DateTime.now, noticeLease))
    yield* Effect.forEach(claimed, (delivery) => send(rounds, sinks, delivery), { concurrency: 8, discard: true })
  } while (claimed.length > 0)
})

const send = Effect.fn("alerts.send")(function*(
  rounds: AlertRounds["Service"],
  sinks: ReadonlyArray<AlertSink>,
  { attempts, createdAt, deliveryId, notice, sink: name }: DueDelivery
) {
  const sink = sinks.find((each) => each.name === name)
  const random = yield* Random.next
  const failed = (message: string, wait: Option.Option<Duration.Duration>): DeliveryOutcome => ({
    _tag: "Failed",
    message,
    retryIn: wait
  })
  const attempt: Effect.Effect<DeliveryOutcome> = sink === undefined
    ? Effect.succeed(failed("It is no longer in ALERT_SINKS.", Option.none()))
    : sink.deliver(notice).pipe(Effect.match({
      onSuccess: () => ({
        _tag: "Delivered",
        repeatIn: notice.state === "firing" ? Option.fromNullishOr(sink.repeatEvery) : Option.none()
      }),
      onFailure: (error) => failed(error.message, Option.some(retryIn(attempts, random, error)))
    }))
  const outcome = yield* attempt
  const now = yield* DateTime.now
  const old = Duration.isGreaterThan(DateTime.distance(createdAt, now), noticeGivenUpAfter)
  const last = outcome._tag === "Failed" && old ? failed(outcome.message, Option.none()) : outcome
  if (last._tag === "Failed") {
    yield* Effect.logError(
      `The sink ${name} did not accept a notice about ${notice.rule} (attempt ${attempts}): ${last.message}`
    )
  }
  yield* rounds.settle(deliveryId, now, last)
})
