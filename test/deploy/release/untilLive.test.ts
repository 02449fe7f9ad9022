import { assert, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { DeployPlatform, PlatformFailed, Progress } from "../../../services/DeployPlatform.ts"
import { untilLive } from "../../../src/deploy/release/Running.ts"
import { beginnings } from "../../../src/policy/releases.ts"

/** A platform that does not begin a deployment for so many times. */
const deployedAfter = Effect.fnUntraced(function*(failures: number, retryable: boolean) {
  let asked = 0
  const begin = Effect.suspend(() =>
    asked++ < failures
      ? Effect.fail(new PlatformFailed({ message: "It is busy.", retryable }))
      : Effect.succeed("v2")
  )
  const fiber = yield* Effect.forkChild(
    Effect.result(untilLive("api-server", begin, Duration.minutes(1))).pipe(
      Effect.provide(Layer.mock(DeployPlatform, { progress: () => Effect.succeed(Progress.Live()) }))
    )
  )
  yield* TestClock.adjust("10 minutes")
  const result = yield* Fiber.join(fiber)
  return { asked, verdict: Result.isSuccess(result) ? result.success.verdict : result.failure.message }
})

it.effect("a platform that does not begin a deployment at once is asked again, but not without end", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* deployedAfter(2, true), { asked: 3, verdict: "pass" })
    assert.deepStrictEqual(yield* deployedAfter(100, true), { asked: beginnings, verdict: "It is busy." })
  }))

it.effect("a platform that refuses a deployment is not asked again", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* deployedAfter(1, false), { asked: 1, verdict: "It is busy." })
  }))
