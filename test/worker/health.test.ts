import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Metric, Option, Redacted } from "effect"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { RecoverableError } from "../../src/domain/ServiceError.ts"
import { WorkerHealth } from "../../src/worker/health.ts"
import { Worker } from "../../src/worker/Worker.ts"
import { serveApart } from "../pipeline/serveApart.ts"

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
