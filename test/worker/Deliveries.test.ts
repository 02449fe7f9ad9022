/** The loop that delivers webhooks, over a queue and a receiver simulated by the test. */
import { it } from "@effect/vitest"
import { Context, Deferred, Duration, Effect, Layer, Option, Queue, Redacted, References, Stream } from "effect"
import { TestClock } from "effect/testing"
import { createHmac, randomBytes, randomUUID } from "node:crypto"
import { Webhook } from "standardwebhooks"
import { assert, describe } from "vitest"
import { type ClaimedDelivery, type DeliveryOutcome, DeliveryQueue } from "../../services/DeliveryQueue.ts"
import { Egress, EgressFailed, EgressRefused, type EgressRequest } from "../../services/Egress.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"
import { signWebhook } from "../../src/domain/signWebhook.ts"
import { DeliveryId } from "../../src/domain/Webhook.ts"
import { deliveryPatience } from "../../src/policy/deliveries.ts"
import { Deliveries } from "../../src/worker/Deliveries.ts"
import { sweeper } from "./sweeper.ts"

class Desk extends Context.Service<Desk, {
  readonly due: Array<ClaimedDelivery>
  readonly posted: Array<EgressRequest>
  readonly recorded: Array<DeliveryOutcome>
  readonly wake: Queue.Queue<void>
  answer: () => Effect.Effect<number, EgressFailed | EgressRefused>
  failures: number
}>()("accessa/test/Desk") {}

const desk = Layer.effectContext(Effect.gen(function*() {
  const state = Desk.of({
    due: [],
    posted: [],
    recorded: [],
    wake: yield* Queue.unbounded<void>(),
    answer: () => Effect.succeed(200),
    failures: 0
  })
  return Context.make(Desk, state).pipe(
    Context.add(DeliveryQueue, {
      claim: (limit) =>
        Effect.suspend(() =>
          state.failures-- > 0
            ? Effect.fail(new TransientError({ code: "DATABASE_FAILED", message: "No." }))
            : Effect.succeed(state.due.splice(0, limit))
        ),
      record: (_, outcome, patience) =>
        Effect.sync(() => {
          assert.strictEqual(patience, deliveryPatience)
          return state.recorded.push(outcome) > 0
        }),
      nextDue: Effect.succeedNone,
      wakeups: Stream.fromQueue(state.wake)
    }),
    Context.add(Egress, {
      check: (url) => Effect.succeed(url),
      post: (request) =>
        Effect.suspend(() => {
          state.posted.push(request)
          return Effect.map(state.answer(), (status) => ({ status, retryAfter: undefined }))
        })
    })
  )
}))

const running = Deliveries.pipe(
  Layer.provide(sweeper),
  Layer.provideMerge(desk),
  Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "None"))
)

const aSecret = () => `whsec_${randomBytes(32).toString("base64")}`
const aDelivery = (attempt = 1, secrets = [aSecret()]): ClaimedDelivery => ({
  deliveryId: DeliveryId.make(randomUUID()),
  lease: randomUUID(),
  attempt,
  origin: Option.none(),
  url: "https://hooks.example/in",
  payload: "{\"type\":\"job.complete\",\"data\":{\"a\":\"é\"}}",
  secrets: secrets.map((secret) => Redacted.make(secret))
})

/** Runs deliveries to their end and returns their outcomes. */
const play = Effect.fnUntraced(function*(...deliveries: ReadonlyArray<ClaimedDelivery>) {
  const state = yield* Desk
  state.recorded.length = 0
  state.due.push(...deliveries)
  yield* Queue.offer(state.wake, undefined)
  yield* TestClock.adjust("1 millis")
  return [...state.recorded]
})

describe("a delivery", () => {
  it.effect("a delivery is verified by the reference library, with the new secret and with the old one", () =>
    Effect.gen(function*() {
      const { posted } = yield* Desk
      const secrets = [aSecret(), aSecret()]
      const delivery = aDelivery(1, secrets)
      yield* play(delivery)
      const [request] = posted
      assert.strictEqual(request?.headers["webhook-id"], delivery.deliveryId)
      assert.strictEqual(request?.headers["content-type"], "application/json")
      for (const secret of secrets) {
        assert.deepStrictEqual(
          new Webhook(secret).verify(request?.body ?? "", { ...request?.headers }),
          JSON.parse(delivery.payload)
        )
      }
      const verify = (secret: string, body: string) => () => new Webhook(secret).verify(body, { ...request?.headers })
      assert.throws(verify(aSecret(), delivery.payload))
      assert.throws(verify(secrets[0] ?? "", `${delivery.payload} `))
    }).pipe(Effect.provide(running), (test) => Effect.andThen(TestClock.setTime(Date.now()), test)))

  it.effect.prop("a delivery has a signature for each secret, over its id, its time and its body", {
    id: DeliveryId
  }, ({ id }) =>
    Effect.sync(() => {
      const key = randomBytes(24)
      const headers = signWebhook(
        { id, payload: "{}", secrets: [Redacted.make(`whsec_${key.toString("base64")}`)] },
        1_700_000_000_999
      )
      const expected = createHmac("sha256", key).update(`${id}.1700000000.{}`).digest("base64")
      assert.deepStrictEqual(headers, {
        "webhook-id": id,
        "webhook-timestamp": "1700000000",
        "webhook-signature": `v1,${expected}`
      })
    }), { arbitrary: { runs: 20 } })

  it.effect("a delivery with any 2xx answer is delivered", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      for (const status of [200, 202, 204, 299]) {
        state.answer = () => Effect.succeed(status)
        assert.deepStrictEqual(yield* play(aDelivery()), [{ _tag: "Delivered", status }])
      }
    }).pipe(Effect.provide(running)))

  it.effect("a delivery that fails in any other way is retried, later each time, until it is dead", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      const ways = [
        () => Effect.succeed(302),
        () => Effect.succeed(400),
        () => Effect.succeed(500),
        () => Effect.fail(new EgressFailed({ message: "No answer." })),
        () => Effect.fail(new EgressRefused({ message: "The address is not public." }))
      ]
      const waits = []
      for (let attempt = 1; attempt <= 9; attempt++) {
        state.answer = ways[attempt % ways.length] ?? state.answer
        const [outcome] = yield* play(aDelivery(attempt))
        assert.strictEqual(outcome?._tag, "Failed")
        if (outcome?._tag === "Failed") waits.push(Duration.toSeconds(Option.getOrThrow(outcome.retryIn)))
      }
      const nominal = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
      for (const [index, seconds] of waits.entries()) {
        assert.isAtLeast(seconds, (nominal[index] ?? 0) * 0.9)
        assert.isAtMost(seconds, (nominal[index] ?? 0) * 1.1)
      }
      const [last] = yield* play(aDelivery(10))
      assert.deepInclude(last, { _tag: "Failed", retryIn: Option.none(), gone: false })
    }).pipe(Effect.provide(running)))

  it.effect("a delivery with a 410 answer is not retried", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.answer = () => Effect.succeed(410)
      const [outcome] = yield* play(aDelivery())
      assert.deepInclude(outcome, { _tag: "Failed", status: Option.some(410), retryIn: Option.none(), gone: true })
    }).pipe(Effect.provide(running)))

  it.effect("a delivery that hangs delays no other, and may finish while the worker stops", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<number>()
      const recorded = yield* Effect.gen(function*() {
        const state = yield* Desk
        let calls = 0
        state.answer = () => calls++ === 0 ? Deferred.await(gate) : Effect.succeed(200)
        assert.lengthOf(yield* play(aDelivery(), aDelivery(), aDelivery()), 2)
        assert.lengthOf(yield* play(aDelivery()), 1)
        yield* Effect.forkDetach(Effect.andThen(Effect.sleep("1 second"), Deferred.succeed(gate, 204)))
        yield* Effect.forkDetach(TestClock.adjust("2 seconds"))
        return state.recorded
      }).pipe(Effect.provide(running))
      assert.deepInclude(recorded.at(-1), { _tag: "Delivered", status: 204 })
    }))
})

describe("the loop", () => {
  it.effect("the loop continues after the database was unavailable", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      state.failures = 2
      yield* play(aDelivery())
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(state.recorded, 1)
    }).pipe(Effect.provide(running)))

  it.effect("the loop polls in case a wake-up is lost", () =>
    Effect.gen(function*() {
      const state = yield* Desk
      yield* TestClock.adjust("1 minute")
      state.due.push(aDelivery())
      yield* TestClock.adjust("5 seconds")
      assert.lengthOf(state.recorded, 1)
    }).pipe(Effect.provide(running)))
})
