import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { metrics } from "../../otel/metrics.ts"
import { Overview } from "../../services/Overview.ts"
import { renderMetrics } from "../../src/http/metrics.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { TestApi, testApi } from "../support/harness/TestApi.ts"
import { OverviewMemory } from "../twins/OverviewMemory.ts"

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0

describe("the metrics", () => {
  it.live("the metrics are an operator's, as text that says each metric's type and meaning", () =>
    Effect.gen(function*() {
      const { request } = yield* TestApi
      assert.strictEqual((yield* request("/metrics")).status, 403)
      const { headers, status, text } = yield* request("/metrics", {
        headers: { authorization: `Bearer ${keyOf("operator")}` }
      })
      assert.strictEqual(status, 200)
      assert.match(headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/u)
      for (const [name, { help, type }] of Object.entries(metrics)) {
        assert.include(text, `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)
      }
      assert.include(text, "accessa_workers{state=\"running\"} 0\n")
    }).pipe(Effect.provide(testApi())))

  it.effect("the metrics escape what stands in a label", () =>
    Effect.gen(function*() {
      const { capacity, glance } = yield* Overview
      const held = { ...(yield* capacity), tables: [{ name: "a\"b\\c\nd", rows: 0, bytes: 7, dead_rows: 0 }] }
      assert.include(renderMetrics(yield* glance, held), "accessa_table_bytes{table=\"a\\\"b\\\\c\\nd\"} 7\n")
    }).pipe(Effect.provide(OverviewMemory)))

  it.skipIf(!hasPromtool)(
    "the metrics are as Prometheus wants them, and its alerting rules fire when they should",
    () => {
      const rules = spawnSync("promtool", ["test", "rules", "otel/prometheus/rules.test.yml"], { encoding: "utf8" })
      assert.strictEqual(rules.status, 0, rules.stdout + rules.stderr)
    }
  )
})
