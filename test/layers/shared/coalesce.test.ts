import { it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Schema } from "effect"
import { assert, describe } from "vitest"
import { inHalves, makeCoalescer } from "../../../layers/shared/coalesce.ts"
import { PermanentError, RecoverableError, type ServiceError } from "../../../src/domain/ServiceError.ts"

const refused = new PermanentError({ code: "INTERNAL", message: "22P02", dependency: "database" })
const away = new RecoverableError({ code: "DATABASE_UNAVAILABLE", message: "Away.", dependency: "database" })

/** A statement that fails as a whole if one of its requests is bad, and a count of its runs. */
const statement = (bad: ReadonlySet<number>) => {
  const runs: Array<ReadonlyArray<number>> = []
  const run = (
    requests: ReadonlyArray<number>
  ): Effect.Effect<ReadonlyArray<Exit.Exit<number, ServiceError>>, ServiceError> =>
    Effect.suspend(() => {
      runs.push(requests)
      return requests.some((request) => bad.has(request))
        ? Effect.fail(refused)
        : Effect.succeed(requests.map((request) => Exit.succeed(request * 2)))
    })
  return { run, runs }
}

const UpTo60 = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 }))

describe("requests batched in one statement", () => {
  it.effect.prop(
    "end as each would alone, in at most twice as many statements",
    { size: UpTo60, every: UpTo60 },
    ({ every, size }) =>
      Effect.gen(function*() {
        const requests = Array.from({ length: size }, (_, n) => n)
        const bad = new Set(requests.filter((n) => n % every === 0))
        const { run, runs } = statement(bad)
        const ends = yield* inHalves(run)(requests)
        assert.deepStrictEqual(ends.map(Exit.isSuccess), requests.map((n) => !bad.has(n)))
        assert.isTrue(ends.every((end, n) => !Exit.isSuccess(end) || end.value === n * 2))
        assert.isAtMost(runs.length, 2 * size)
      })
  )

  it.effect("fail together while the database is unavailable, without smaller retries", () =>
    Effect.gen(function*() {
      let runs = 0
      const ends = yield* inHalves<number, number, ServiceError>(() =>
        Effect.suspend(() => {
          runs++
          return Effect.fail(away)
        })
      )([1, 2, 3, 4])
      assert.isTrue(ends.every(Exit.isFailure))
      assert.strictEqual(runs, 1)
    }))

  it.effect("collect while one statement is running, and only a bad one among them is refused", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const { run, runs } = statement(new Set([3]))
      const ask = yield* makeCoalescer(
        (requests: ReadonlyArray<number>) => Effect.andThen(Deferred.await(gate), run(requests)),
        { most: 100, lanes: 1 }
      )
      const fibers = yield* Effect.forEach([0, 1, 2, 3, 4], (n) => Effect.forkChild(Effect.exit(ask(n))))
      yield* Effect.yieldNow
      yield* Deferred.succeed(gate, undefined)
      const ends = yield* Effect.forEach(fibers, Fiber.join)
      assert.deepStrictEqual(ends.map(Exit.isSuccess), [true, true, true, false, true])
      assert.isAbove(runs.length, 1)
    }))
})
