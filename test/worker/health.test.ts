import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Metric, Option, Redacted } from "effect"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { UserId, WorkerId } from "../../src/domain/Ids.ts"
import { RecoverableError } from "../../src/domain/ServiceError.ts"
import { WorkerHealth } from "../../src/worker/health.ts"
import { Worker } from "../../src/worker/Worker.ts"
import { serveApart } from "../pipeline/serveApart.ts"
import { beatOf } from "../support/builders/beat.ts"

const token = "scraper-token-0123456789"
const principal = (role: "user" | "operator") => ({
  userId: UserId.make("00000000-0000-4000-8000-000000000001"),
  role,
  actor: "key:test"
})

/** Knows the keys `operator` and `user`, as long as the database is there. */
const keys = (database: "there" | "away") =>
  Layer.mock(ApiKeys, {
    authenticate: (secret) => {
      if (database === "away") {
        return Effect.fail(new RecoverableError({ code: "DATABASE_UNAVAILABLE", message: "It is away." }))
      }
      const name = Redacted.value(secret)
      return Effect.succeed(name === "operator" || name === "user" ? Option.some(principal(name)) : Option.none())
    }
  })

const withWorker = (
  name: string,
  options: { readonly open?: boolean; readonly database?: "there" | "away" },
  body: (ask: (credential?: string) => Effect.Effect<Response>) => Effect.Effect<void>
) =>
  it.live(name, () =>
    Effect.scoped(Effect.gen(function*() {
      const url = yield* serveApart(
        WorkerHealth({ open: options.open ?? false, token: Redacted.make(token) }).pipe(
          Layer.provide([Layer.mock(Worker, {}), keys(options.database ?? "there")])
        )
      )
      yield* body((credential) =>
        Effect.promise(() =>
          fetch(new URL("/metrics", url), {
            headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` }
          })
        )
      )
    })).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

describe("GET /metrics of a worker", () => {
  withWorker("the worker's metrics need METRICS_TOKEN or an operator's key", {}, (ask) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* ask()).status, 401)
      assert.strictEqual((yield* ask("stranger")).status, 403)
      assert.strictEqual((yield* ask("user")).status, 403)
      assert.strictEqual((yield* ask("operator")).status, 200)
      const answer = yield* ask(token)
      assert.strictEqual(answer.status, 200)
      assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/u)
      assert.match(yield* Effect.promise(() => answer.text()), /accessa_http_request_seconds_count/u)
    }))

  withWorker(
    "the worker's metrics are read with METRICS_TOKEN even without the database",
    { database: "away" },
    (ask) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* ask("operator")).status, 503)
        assert.strictEqual((yield* ask(token)).status, 200)
      })
  )

  withWorker("the worker's metrics are open if METRICS_OPEN says so", { open: true }, (ask) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* ask()).status, 200)
    }))
})

const healthWith = (state: "running" | "draining", heartbeat: Duration.Duration, claim: Duration.Duration) =>
  Effect.scoped(Effect.gen(function*() {
    const worker = Layer.succeed(Worker, {
      report: Effect.succeed(beatOf(WorkerId.make("00000000-0000-4000-8000-000000000002"), { state })),
      signsOfLife: Effect.succeed({ heartbeat, claim })
    })
    const url = yield* serveApart(
      WorkerHealth({ open: true, token: undefined }).pipe(Layer.provide([worker, keys("there")]))
    )
    const answer = yield* Effect.promise(() => fetch(new URL("/health", url)))
    return { status: answer.status, body: yield* Effect.promise(() => answer.json()) }
  })).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

describe("GET /health of a worker", () => {
  const recent = Duration.seconds(9)
  const old = Duration.seconds(46)

  it.live("a worker is healthy while the database takes its heartbeat and answers its claims", () =>
    Effect.gen(function*() {
      const { body, status } = yield* healthWith("running", recent, Duration.seconds(4))
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { state: "running", heartbeat_seconds_ago: 9, claim_seconds_ago: 4 })
    }))

  it.live("a worker whose heartbeat the database has not taken for longer than a lease is not healthy", () =>
    Effect.map(healthWith("running", old, recent), ({ status }) => assert.strictEqual(status, 503)))

  it.live("a worker that no longer claims is not healthy, even with a heartbeat", () =>
    Effect.map(healthWith("running", recent, old), ({ status }) => assert.strictEqual(status, 503)))

  it.live("a worker that is stopping is not healthy", () =>
    Effect.map(healthWith("draining", recent, recent), ({ status }) => assert.strictEqual(status, 503)))
})
