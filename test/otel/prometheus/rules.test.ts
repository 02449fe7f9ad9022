import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { parse } from "yaml"
import type { MetricDefinition } from "../../../otel/metrics/MetricDefinition.ts"
import { metrics } from "../../../otel/metrics/metrics.ts"
import { type AlertRuleName, alertRules } from "../../../src/domain/AlertRule.ts"

const folder = "otel/prometheus"
const Rules = Schema.Struct({
  groups: Schema.Array(Schema.Struct({
    rules: Schema.Array(
      Schema.Struct({
        alert: Schema.optionalKey(Schema.String),
        record: Schema.optionalKey(Schema.String),
        expr: Schema.String
      })
    )
  }))
})
const Tests = Schema.Struct({
  tests: Schema.Array(Schema.Struct({
    input_series: Schema.Array(Schema.Struct({ series: Schema.String })),
    alert_rule_test: Schema.Array(
      Schema.Struct({ alertname: Schema.String, exp_alerts: Schema.Array(Schema.Unknown) })
    )
  }))
})
const read = <A>(schema: Schema.Codec<A, unknown>, name: string): A =>
  Schema.decodeUnknownSync(schema)(parse(readFileSync(`${folder}/${name}`, "utf8")))

const rules = read(Rules, "rules.yml").groups.flatMap((group) => group.rules)
const { tests } = read(Tests, "rules.test.yml")
const recorded = rules.flatMap(({ record }) => record ?? [])

/** The series that a metric of the table gives. */
const exposed = new Set(
  Object.entries(metrics).flatMap(([name, { type }]: readonly [string, MetricDefinition]) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
  )
)
const namesIn = (text: string) => text.match(/\baccessa[a-z_:0-9]+/gu) ?? []

/** The alert of Prometheus for the same trouble. */
const counterparts: Readonly<Record<AlertRuleName, string>> = {
  NO_WORKER: "NoWorker",
  WORKER_SILENT: "WorkerSilent",
  WORKER_CLOCK: "WorkerClock",
  QUEUE_SILENT: "QueueSilent",
  STUCK_JOB: "JobsStuck",
  POISON_DOCUMENT: "PoisonDocument",
  ERROR_BURST: "ErrorBurst",
  SUCCESS_RATE: "SuccessRateLow",
  LATENCY: "SlowToComplete",
  BUDGET_LOW: "BudgetNearlySpent",
  BUDGET_USED_UP: "BudgetUsedUp",
  CIRCUIT_OPEN: "CircuitNotClosed",
  CALLBACKS_REFUSED: "CallbacksForged",
  CALLBACKS_LOST: "CallbacksLost",
  SIGN_INS_REFUSED: "CredentialsRefused",
  BUFFER_GROWTH: "BufferGrowth",
  DISK_FULL: "DiskFull",
  CONNECTIONS: "ConnectionsNearlyUsed",
  DATABASE_SLOW: "DatabaseSlow",
  DATABASE_UNREACHABLE: "DatabaseUnreachable",
  DEPENDENCY_UNREACHABLE: "TargetDown",
  VACUUM_HELD: "OldTransaction",
  FOREIGN_GRANTS: "ForeignGrants",
  SINK_FAILING: "SinkFailing",
  COMPLIANCE: "ComplianceBroken",
  RELEASE_NEEDS_A_PERSON: "ReleaseNeedsAPerson",
  RELEASE_ROLLED_BACK: "ReleaseRolledBack",
  NO_DATA: "NoData"
}

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0
/** What promtool says, if it is not content. */
const complaint = (...args: ReadonlyArray<string>) => {
  const { status, stderr, stdout } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" })
  return status === 0 ? "" : stdout + stderr
}

describe("the rules for Prometheus", () => {
  it("the rules and their tests name only metrics that exist", () => {
    const texts = [...rules.map(({ expr }) => expr), ...tests.flatMap((each) => each.input_series.map((s) => s.series))]
    for (const name of texts.flatMap(namesIn)) assert.isTrue(exposed.has(name) || recorded.includes(name), name)
  })

  it("each rule of the monitor has an alert in Prometheus, which reads the monitor's alerts by a name that exists", () => {
    const alerts = rules.flatMap(({ alert }) => alert ?? [])
    for (const [rule, alert] of Object.entries(counterparts)) assert.include(alerts, alert, rule)
    const read = rules.flatMap(({ expr }) => /accessa_alerts_open\{code="(\w+)"\}/u.exec(expr)?.[1] ?? [])
    assert.includeMembers(Object.keys(alertRules), read)
  })

  it("each alert has a test in which it is quiet, and one in which it fires", () => {
    const cases = tests.flatMap((each) => each.alert_rule_test)
    for (const { alert } of rules) {
      if (alert === undefined) continue
      const ends = cases.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length)
      assert.deepStrictEqual(ends, [0, 1], alert)
    }
  })

  it.skipIf(!hasPromtool)("promtool accepts the rules (skipped without promtool)", () => {
    assert.strictEqual(complaint("check", "rules", "rules.yml"), "")
  })

  it.skipIf(!hasPromtool)("the alerts fire when they should (skipped without promtool)", () => {
    assert.strictEqual(complaint("test", "rules", "rules.test.yml"), "")
  })
})
