/** What each rule finds in facts, at its threshold and on either side of it. */
import { assert, describe, it } from "@effect/vitest"
import type { AlertFacts } from "../../src/domain/AlertFacts.ts"
import { type AlertRuleName, defaultRules } from "../../src/domain/AlertRule.ts"
import { detect } from "../../src/monitor/detectors/detect.ts"
import type { Surroundings } from "../../src/monitor/detectors/Detector.ts"

const healthy: AlertFacts = {
  workers: [{
    worker: "11111111-1111-4111-8111-111111111111",
    hostname: "a",
    age: 3,
    clockAheadMs: 2,
    replaced: false
  }],
  dueFor: null,
  lastMove: 5,
  lastCompleted: 60,
  stuckJobs: [],
  poison: [],
  errors: [],
  ended: { complete: 100, failed: 0 },
  latency: { recent: 10, recentJobs: 100, usual: 9, usualJobs: 500 },
  budgets: [],
  parses: { ended: 10, polled: 0 },
  connections: { used: 10, most: 100 },
  bufferBytesPerHour: 0,
  sinks: [],
  failedReleases: [],
  transaction: null,
  compliance: { age: 3_600, faults: [] },
  grants: []
}
const calm: Surroundings = {
  writeMs: 3,
  disk: { path: ".accessa", freeBytes: 50, totalBytes: 100 },
  api: { problem: "" },
  callbacks: true
}
const found = (facts: Partial<AlertFacts>, surroundings: Partial<Surroundings> = {}) =>
  detect({ ...healthy, ...facts }, defaultRules, { ...calm, ...surroundings }).findings.map(({ rule, subject }) =>
    subject === "" ? rule : `${rule}:${subject}`
  )
const worker = (age: number, replaced = false, clockAheadMs: number | null = null) => ({
  worker: "w1",
  hostname: "a",
  age,
  clockAheadMs,
  replaced
})

interface Case {
  readonly rule: AlertRuleName
  readonly fires: readonly [Partial<AlertFacts>, Partial<Surroundings>?]
  readonly holds: readonly [Partial<AlertFacts>, Partial<Surroundings>?]
  readonly as: ReadonlyArray<string>
}
const cases: ReadonlyArray<Case> = [
  { rule: "NO_WORKER", fires: [{ workers: [] }], holds: [{ workers: [worker(44)] }], as: ["NO_WORKER"] },
  {
    rule: "WORKER_SILENT",
    fires: [{ workers: [...healthy.workers, worker(60)] }],
    holds: [{ workers: [...healthy.workers, worker(60, true)] }],
    as: ["WORKER_SILENT:w1"]
  },
  {
    rule: "WORKER_CLOCK",
    fires: [{ workers: [worker(3, false, -301_000)] }],
    holds: [{ workers: [worker(3, false, 299_000)] }],
    as: ["WORKER_CLOCK:w1"]
  },
  {
    rule: "QUEUE_SILENT",
    fires: [{ dueFor: 130, lastMove: null }],
    holds: [{ dueFor: 130, lastMove: 5 }],
    as: ["QUEUE_SILENT"]
  },
  {
    rule: "STUCK_JOB",
    fires: [{ stuckJobs: [{ job: "j1", status: "chunking", age: 70, lost: true }] }],
    holds: [{}],
    as: ["STUCK_JOB:j1"]
  },
  {
    rule: "POISON_DOCUMENT",
    fires: [{ poison: [{ job: "j1", document: "d1" }] }],
    holds: [{}],
    as: ["POISON_DOCUMENT:j1"]
  },
  {
    rule: "ERROR_BURST",
    fires: [{ errors: [{ code: "EMBED_TIMEOUT", times: 11 }] }],
    holds: [{ errors: [{ code: "EMBED_TIMEOUT", times: 10 }] }],
    as: ["ERROR_BURST:EMBED_TIMEOUT"]
  },
  {
    rule: "SUCCESS_RATE",
    fires: [{ ended: { complete: 90, failed: 10 } }],
    holds: [{ ended: { complete: 2, failed: 10 } }],
    as: ["SUCCESS_RATE"]
  },
  {
    rule: "LATENCY",
    fires: [{ latency: { ...healthy.latency, recent: 30 } }],
    holds: [{ latency: { recent: 30, recentJobs: 5, usual: 9, usualJobs: 500 } }],
    as: ["LATENCY"]
  },
  {
    rule: "BUDGET_LOW",
    fires: [{ budgets: [{ user: "u1", share: 0.8, parked: false }] }],
    holds: [{ budgets: [{ user: "u1", share: 0.79, parked: false }] }],
    as: ["BUDGET_LOW:u1"]
  },
  {
    rule: "BUDGET_USED_UP",
    fires: [{ budgets: [{ user: null, share: 0.97, parked: true }] }],
    holds: [{}],
    as: ["BUDGET_USED_UP:all"]
  },
  {
    rule: "CALLBACKS_LOST",
    fires: [{ parses: { ended: 4, polled: 2 } }],
    holds: [{ parses: { ended: 2, polled: 2 } }],
    as: ["CALLBACKS_LOST"]
  },
  {
    rule: "BUFFER_GROWTH",
    fires: [{ bufferBytesPerHour: 6e9 }],
    holds: [{ bufferBytesPerHour: null }],
    as: ["BUFFER_GROWTH"]
  },
  {
    rule: "DISK_FULL",
    fires: [{}, { disk: { path: "/", freeBytes: 9, totalBytes: 100 } }],
    holds: [{}, { disk: null }],
    as: ["DISK_FULL"]
  },
  {
    rule: "CONNECTIONS",
    fires: [{ connections: { used: 81, most: 100 } }],
    holds: [{ connections: { used: 80, most: 100 } }],
    as: ["CONNECTIONS"]
  },
  { rule: "DATABASE_SLOW", fires: [{}, { writeMs: 501 }], holds: [{}, { writeMs: 500 }], as: ["DATABASE_SLOW"] },
  {
    rule: "DEPENDENCY_UNREACHABLE",
    fires: [{}, { api: { problem: "No answer." } }],
    holds: [{}, { api: null }],
    as: ["DEPENDENCY_UNREACHABLE:api"]
  },
  {
    rule: "VACUUM_HELD",
    fires: [{ transaction: { pid: 1, name: "psql", age: 901 } }],
    holds: [{ transaction: { pid: 1, name: "psql", age: 899 } }],
    as: ["VACUUM_HELD:database"]
  },
  {
    rule: "FOREIGN_GRANTS",
    fires: [{ grants: ["PUBLIC may SELECT on alerts"] }],
    holds: [{}],
    as: ["FOREIGN_GRANTS:database"]
  },
  {
    rule: "COMPLIANCE",
    fires: [{ compliance: { age: 3_600, faults: [{ name: "schema", found: "policy missing" }] } }],
    holds: [{ compliance: { age: 93_600, faults: [] } }],
    as: ["COMPLIANCE:schema"]
  },
  {
    rule: "RELEASE_NEEDS_A_PERSON",
    fires: [{
      failedReleases: [{
        environment: "staging",
        version: "4be91c2",
        outcome: "needs_a_person",
        reason: "verify failed"
      }]
    }],
    holds: [{
      failedReleases: [{ environment: "staging", version: "4be91c2", outcome: "rolled_back", reason: "smoke failed" }]
    }],
    as: ["RELEASE_NEEDS_A_PERSON:staging"]
  },
  {
    rule: "RELEASE_ROLLED_BACK",
    fires: [{
      failedReleases: [{ environment: "staging", version: "4be91c2", outcome: "rolled_back", reason: "smoke failed" }]
    }],
    holds: [{}],
    as: ["RELEASE_ROLLED_BACK:staging"]
  },
  {
    rule: "SINK_FAILING",
    fires: [{ sinks: [{ sink: "slack", attempts: 3, error: "500" }] }],
    holds: [{ sinks: [{ sink: "slack", attempts: 2, error: "500" }] }],
    as: ["SINK_FAILING:slack"]
  },
  { rule: "NO_DATA", fires: [{ lastCompleted: null }], holds: [{ lastCompleted: 86_400 }], as: ["NO_DATA"] }
]

describe("the detectors", () => {
  it("find nothing in a healthy system", () => assert.deepStrictEqual(found({}), []))

  it.each(cases)("$rule fires beyond its threshold and not before", ({ as, fires, holds, rule }) => {
    assert.deepStrictEqual(found(...fires), as)
    assert.notInclude(found(...holds).map((key) => key.split(":")[0]), rule)
  })

  it("cover every rule that no other process raises", () => {
    const { judged } = detect(healthy, defaultRules, calm)
    const elsewhere = ["CIRCUIT_OPEN", "CALLBACKS_REFUSED", "SIGN_INS_REFUSED"]
    assert.sameMembers([...judged, ...elsewhere], Object.keys(defaultRules))
    assert.sameMembers(
      [...cases.map(({ rule }) => rule), "DATABASE_UNREACHABLE", ...elsewhere],
      Object.keys(defaultRules)
    )
  })

  it("NO_WORKER does not call the silence of a killed worker that of all: another one may have stopped just now", () => {
    const { findings } = detect({ ...healthy, workers: [worker(1020)] }, defaultRules, calm)
    const noWorker = findings.find(({ rule }) => rule === "NO_WORKER")
    assert.strictEqual(noWorker?.message, "Every worker that did not stop is silent, the last one for 17 min.")
  })

  it("what cannot be seen is not judged: its alert stays as it is", () => {
    const { judged } = detect(healthy, defaultRules, { ...calm, api: null, disk: null })
    assert.isFalse(judged.has("DISK_FULL"))
    assert.isFalse(judged.has("DEPENDENCY_UNREACHABLE"))
  })
})
