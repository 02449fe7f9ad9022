import { assert, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import { consume } from "../../../src/http/middleware/consume.ts"
import { layerStoreBounded } from "../../../src/http/server/rateStore.ts"

const limiter = RateLimiter.layer.pipe(Layer.provide(layerStoreBounded))
const wanted = { key: "a", rate: { limit: 1, window: Duration.minutes(1) }, what: "One a minute." }

it.effect("A request above the rate limit is refused with the time until the next one is allowed", () =>
  Effect.gen(function*() {
    const service = yield* RateLimiter.RateLimiter
    yield* consume(service, wanted)
    const refusal = yield* Effect.flip(consume(service, wanted))
    assert.strictEqual(refusal.code, "RATE_LIMITED")
    assert.strictEqual(refusal.detail, "One a minute. Try again in 60 s.")
  }).pipe(Effect.provide(limiter)))

it.effect("A rate limiter whose store fails reports the failure, not an exceeded limit", () =>
  Effect.gen(function*() {
    const service = yield* RateLimiter.RateLimiter
    const failure = new RateLimiter.RateLimiterError({
      reason: new RateLimiter.RateLimitStoreError({ message: "out of memory" })
    })
    const exit = yield* Effect.exit(consume({ ...service, consume: () => Effect.fail(failure) }, wanted))
    assert.match(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", /The rate limiter's store failed/)
  }).pipe(Effect.provide(limiter)))
