/** A Prometheus that scrapes a running stack. */
import { assert } from "@effect/vitest"
import { Effect, FileSystem, Schedule, Schema } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { cwd } from "node:process"
import type { MetricDefinition } from "../../otel/metrics/MetricDefinition.ts"
import { metrics } from "../../otel/metrics/metrics.ts"
import { freePort } from "../faults/PostgresPlace.ts"
import { metricsToken, type OnStack, SharedStack } from "./SharedStack.ts"

const hasPrometheus = spawnSync("prometheus", ["--version"]).status === 0

/** They have no series while nothing is wrong, or where the database has no such statistics. */
const absentWhenWell: ReadonlySet<string> = new Set([
  "accessa_alerts_open",
  "accessa_database_slow_statements",
  "accessa_database_slowest_statement_seconds"
])

const families = Object.entries(metrics).map(([name, { type }]: readonly [string, MetricDefinition]) =>
  type === "histogram" ? `${name}_count` : name
)

const configuration = (targets: ReadonlyArray<number>) => `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [${cwd()}/otel/prometheus/rules.yml]
scrape_configs:
  - job_name: accessa
    authorization: { credentials: ${metricsToken} }
    static_configs: [{ targets: [${targets.map((port) => `"127.0.0.1:${port}"`).join(", ")}] }]
`

const startPrometheus = Effect.fnUntraced(function*(directory: string, targets: ReadonlyArray<number>) {
  const fs = yield* FileSystem.FileSystem
  const port = yield* freePort
  yield* fs.writeFileString(`${directory}/prometheus.yml`, configuration(targets))
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn("prometheus", [
        `--config.file=${directory}/prometheus.yml`,
        `--storage.tsdb.path=${directory}/prometheus`,
        `--web.listen-address=127.0.0.1:${port}`
      ], { stdio: "ignore" })
    ),
    (child) =>
      Effect.callback<void>((resume) => {
        child.once("exit", () => resume(Effect.void))
        child.kill("SIGKILL")
      })
  )
  return (expression: string) =>
    Effect.tryPromise(async () => {
      const query = new URL(`http://127.0.0.1:${port}/api/v1/query`)
      query.searchParams.set("query", expression)
      return await (await fetch(query)).json()
    }).pipe(Effect.flatMap(Schema.decodeUnknownEffect(Answer)), Effect.map(({ data }) => data.result))
})

const Answer = Schema.Struct({
  data: Schema.Struct({
    result: Schema.Array(Schema.Struct({
      metric: Schema.Record(Schema.String, Schema.String),
      value: Schema.Tuple([Schema.Finite, Schema.String])
    }))
  })
})

export const prometheus = (it: OnStack) => {
  it.effect.skipIf(!hasPrometheus)(
    "a real Prometheus scrapes the API, the worker and the dashboard, and knows every metric (skipped without prometheus)",
    () =>
      Effect.gen(function*() {
        const { ask, directory, ingest, ports } = yield* SharedStack
        const limit = yield* ask("/api/v1/budgets", {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ user_id: null, limit_usd: 100 })
        })
        assert.strictEqual(limit.status, 200)
        const query = yield* startPrometheus(directory, [ports.api, ports.worker, ports.monitor])
        assert.strictEqual(yield* ingest("good.md", "# Policy\n\nThe deductible is 500 dollars."), "complete")
        assert.strictEqual(yield* ingest("empty.md", "   "), "failed_parse")

        const known = query("count by (__name__) ({job=\"accessa\"})").pipe(
          Effect.map((found) => new Set(found.map(({ metric }) => metric["__name__"] ?? ""))),
          Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 200 })
        )
        const wanted = families.filter((name) => !absentWhenWell.has(name))
        const names = yield* known.pipe(
          Effect.repeat({
            schedule: Schedule.spaced("200 millis"),
            until: (found) => wanted.every((name) => found.has(name)),
            times: 200
          })
        )
        assert.deepStrictEqual(wanted.filter((name) => !names.has(name)), [])
        assert.deepStrictEqual([...absentWhenWell].filter((name) => names.has(name)), [])

        // A scrape may take longer than Prometheus waits while the other tests run.
        const up = yield* query("up == 1").pipe(
          Effect.repeat({ schedule: Schedule.spaced("200 millis"), until: (found) => found.length === 3, times: 100 })
        )
        assert.deepStrictEqual(
          up.map(({ metric }) => metric["instance"]).toSorted(),
          Object.values(ports).map((port) => `127.0.0.1:${port}`).toSorted()
        )
        const value = (expression: string) =>
          Effect.map(query(expression), (found) => found.map((each) => Number(each.value[1])))
        assert.deepStrictEqual(yield* value("max(accessa_job_moves_total{status=\"complete\"})"), [1])
        assert.deepStrictEqual(yield* value("max(accessa_jobs{status=\"failed_parse\"})"), [1])
        assert.deepStrictEqual(yield* value("max(accessa_time_to_seconds_count{milestone=\"first_vector\"})"), [1])
        assert.deepStrictEqual(yield* value("max(accessa_provider_rate_limit{kind=\"requests\"})"), [1000])
      }),
    120_000
  )
}
