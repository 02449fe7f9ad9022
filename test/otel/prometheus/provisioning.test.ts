import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { parse } from "yaml"
import type { MetricDefinition } from "../../../otel/metrics/MetricDefinition.ts"
import { metrics } from "../../../otel/metrics/metrics.ts"
import { composeFile } from "../../compose/composeFile.ts"

const folder = "otel/grafana/dashboards"
const Dashboard = Schema.fromJsonString(Schema.Struct({
  uid: Schema.String,
  panels: Schema.Array(Schema.Struct({
    id: Schema.Finite,
    title: Schema.String,
    description: Schema.String,
    datasource: Schema.Struct({ type: Schema.Literal("prometheus"), uid: Schema.String }),
    gridPos: Schema.Struct({ x: Schema.Finite, y: Schema.Finite, w: Schema.Finite, h: Schema.Finite }),
    targets: Schema.Array(Schema.Struct({ refId: Schema.String, expr: Schema.String }))
  }))
}))
const dashboards = readdirSync(folder).map((name) => ({
  name,
  ...Schema.decodeUnknownSync(Dashboard)(readFileSync(`${folder}/${name}`, "utf8"))
}))

const Sources = Schema.Struct({
  datasources: Schema.Array(Schema.Struct({ uid: Schema.String, url: Schema.String }))
})
const { datasources } = Schema.decodeUnknownSync(Sources)(
  parse(readFileSync("otel/grafana/provisioning/datasources/prometheus.yml", "utf8"))
)
const scrapes = readFileSync("otel/prometheus/prometheus.yml", "utf8")
const { services } = composeFile("docker-compose.yml")
const recorded = [...readFileSync("otel/prometheus/rules.yml", "utf8").matchAll(/- record: (\S+)/gu)].map(([, name]) =>
  name
)
const exposed = Object.entries(metrics).flatMap(([name, { type }]: readonly [string, MetricDefinition]) =>
  type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
)

const says = (program: string, ...args: ReadonlyArray<string>) => spawnSync(program, args, { encoding: "utf8" })
const has = (program: string) => says(program, "--version").status === 0

describe("Prometheus and Grafana beside the stack", () => {
  it("the dashboards ask for metrics that exist, in panels that do not overlap", () => {
    assert.isAbove(dashboards.length, 1)
    for (const { name, panels } of dashboards) {
      const taken = new Set<string>()
      for (const { description, gridPos, targets, title } of panels) {
        assert.isNotEmpty(description, `${name}: ${title}`)
        for (const { expr } of targets) {
          const names = expr.match(/\baccessa[a-z_:0-9]+/gu) ?? []
          assert.isNotEmpty(names, expr)
          for (const metric of names) assert.include([...exposed, ...recorded], metric, `${name}: ${title}`)
        }
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
            assert.isFalse(taken.has(`${x} ${y}`), `${name}: ${title} covers another panel`)
            taken.add(`${x} ${y}`)
          }
        }
        assert.isAtMost(gridPos.x + gridPos.w, 24, title)
      }
    }
  })

  it("the dashboards use a provisioned data source, and every address is a service of the stack", () => {
    for (const { panels } of dashboards) {
      for (const { datasource } of panels) assert.include(datasources.map(({ uid }) => uid), datasource.uid)
    }
    for (const { url } of datasources) assert.property(services, new URL(url).hostname)
    for (const [, host = ""] of scrapes.matchAll(/([a-z-]+):\d+/gu)) {
      if (host !== "port") assert.property(services, host)
    }
  })

  it.skipIf(!has("promtool"))("promtool accepts the configuration, and every expression of the dashboards", () => {
    const config = says("promtool", "check", "config", "--syntax-only", "otel/prometheus/prometheus.yml")
    assert.strictEqual(config.status, 0, config.stdout + config.stderr)
    const exprs = dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
    const rules = {
      groups: [{ name: "dashboards", rules: exprs.map((expr, i) => ({ record: `panel:${i}`, expr })) }]
    }
    const folder = mkdtempSync(`${tmpdir()}/accessa-panels-`)
    writeFileSync(`${folder}/rules.yml`, JSON.stringify(rules))
    const checked = says("promtool", "check", "rules", `${folder}/rules.yml`)
    rmSync(folder, { recursive: true })
    assert.strictEqual(checked.status, 0, checked.stdout + checked.stderr)
  })

  it.skipIf(!has("amtool"))("amtool accepts the configuration of Alertmanager", () => {
    const checked = says("amtool", "check-config", "otel/prometheus/alertmanager.yml")
    assert.strictEqual(checked.status, 0, checked.stdout + checked.stderr)
  })
})
