import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric, Option, Redacted } from "effect"
import { spawnSync } from "node:child_process"
import { databaseMetrics } from "../../otel/metrics/database.ts"
import type { MetricsAccess } from "../../otel/metrics/endpoint.ts"
import type { PipelineStats } from "../../services/PipelineStats.ts"
import { RecoverableError } from "../../src/domain/ServiceError.ts"
import { busyStats } from "../support/builders/busyStats.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0
const token = "scraper-token-0123456789"
const closed: MetricsAccess = { open: false, token: undefined }

interface Given {
  readonly access?: MetricsAccess
  readonly read?: PipelineStats["Service"]["read"]
}

const scrape = (credential: string) =>
  Effect.flatMap(TestApi, ({ request }) => request("/metrics", { headers: { authorization: `Bearer ${credential}` } }))

const withApi = (name: string, given: Given, body: Effect.Effect<void, unknown, TestApi>) =>
  it.live(name, () =>
    body.pipe(
      Effect.provide(testApi({
        metrics: given.access ?? closed,
        stats: {
          read: given.read ?? Effect.succeed(busyStats),
          statements: Effect.succeedSome({ slow: 2, slowestSeconds: 1.5 })
        }
      })),
      Effect.provideService(Metric.MetricRegistry, new Map())
    ))

describe("GET /metrics of the API", () => {
  withApi(
    "GET /metrics needs an operator's key",
    {},
    Effect.gen(function*() {
      assert.strictEqual((yield* scrape("")).status, 401)
      assert.strictEqual((yield* scrape(token)).status, 401)
      assert.strictEqual((yield* scrape(keyOf("user"))).status, 403)
      const { headers, status } = yield* scrape(keyOf("operator"))
      assert.strictEqual(status, 200)
      assert.match(headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/u)
    })
  )

  withApi(
    "GET /metrics takes METRICS_TOKEN, which opens nothing else",
    { access: { open: false, token: Redacted.make(token) } },
    Effect.gen(function*() {
      const { request } = yield* TestApi
      assert.strictEqual((yield* scrape(token)).status, 200)
      assert.strictEqual((yield* scrape(`${token}x`)).status, 401)
      const other = yield* request("/api/v1/overview", { headers: { authorization: `Bearer ${token}` } })
      assert.strictEqual(other.status, 401)
    })
  )

  withApi(
    "GET /metrics is open if METRICS_OPEN says so",
    { access: { open: true, token: undefined } },
    Effect.gen(function*() {
      assert.strictEqual((yield* scrape("")).status, 200)
    })
  )

  withApi(
    "GET /metrics has every fact of the database, with its meaning",
    {},
    Effect.gen(function*() {
      const { text } = yield* scrape(keyOf("operator"))
      for (const [name, { help, type }] of Object.entries(databaseMetrics)) {
        assert.include(text, `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}`)
      }
      assert.include(text, "accessa_jobs{status=\"parse_queued\"} 7\n")
      assert.include(text, "accessa_queue_depth{phase=\"parse\"} 3\n")
      assert.include(text, "accessa_circuit_state{dependency=\"embedder\",state=\"open\"} 1\n")
      assert.include(text, "accessa_circuit_state{dependency=\"parser\",state=\"closed\"} 1\n")
      assert.include(text, "accessa_table_rows_deleted_total{table=\"document_chunk_buffer\"} 40\n")
    })
  )

  let reads = 0
  withApi(
    "five scrapers cost the database one read",
    {
      read: Effect.suspend(() => {
        reads++
        return Effect.delay(Effect.succeed(busyStats), "20 millis")
      })
    },
    Effect.gen(function*() {
      const all = yield* Effect.all(Array.from({ length: 5 }, () => scrape(keyOf("operator"))), { concurrency: 5 })
      for (const { text } of all) assert.include(text, "accessa_database_up 1\n")
      assert.strictEqual(reads, 1)
    })
  )

  withApi(
    "without the database the process still tells its own numbers, and that the others are unknown",
    {
      access: { open: false, token: Redacted.make(token) },
      read: Effect.fail(new RecoverableError({ code: "DATABASE_UNAVAILABLE", message: "It is away." }))
    },
    Effect.gen(function*() {
      yield* scrape(token)
      const { text } = yield* scrape(token)
      assert.include(text, "accessa_database_up 0\n")
      assert.notInclude(text, "accessa_jobs{")
      assert.include(text, "accessa_http_request_seconds_count{method=\"GET\",status=\"2xx\"}")
    })
  )

  it.live.skipIf(!hasPromtool)("GET /metrics passes the checks of promtool", () =>
    Effect.gen(function*() {
      const { text } = yield* scrape(keyOf("operator"))
      const check = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" })
      assert.strictEqual(check.stdout + check.stderr, "")
      assert.strictEqual(check.status, 0)
    }).pipe(
      Effect.provide(
        testApi({ stats: { read: Effect.succeed(busyStats), statements: Effect.succeed(Option.none()) } })
      ),
      Effect.provideService(Metric.MetricRegistry, new Map())
    ))
})
