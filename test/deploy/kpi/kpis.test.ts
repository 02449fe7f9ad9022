import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, FileSystem } from "effect"
import { compareFacts } from "../../../src/deploy/baseline/compareFacts.ts"
import { kpisFromFiles } from "../../../src/deploy/kpi/fromFiles.ts"
import { predictability, reliability, verification } from "../../../src/deploy/kpi/fromStack.ts"
import { kpiPage } from "../../../src/deploy/kpi/page.ts"
import { unmeasurable } from "../../../src/deploy/kpi/unmeasurable.ts"
import { someFacts, someRounds } from "../../support/builders/someFacts.ts"

const today = "2026-11-28"

describe("the success rate", () => {
  it("passes only if so many documents were sent that luck cannot be the reason", () => {
    assert.strictEqual(reliability("local development", 99, { complete: 300, all: 300 }, today).verdict, "pass")
    assert.strictEqual(reliability("local development", 99, { complete: 100, all: 100 }, today).verdict, "inconclusive")
    assert.strictEqual(reliability("local development", 99, { complete: 290, all: 300 }, today).verdict, "fail")
  })

  it("is inconclusive without documents", () => {
    assert.strictEqual(reliability("production", 98, { complete: 0, all: 0 }, today).verdict, "inconclusive")
  })
})

describe("the variance of processing times", () => {
  const wobbling = (by: number) =>
    someRounds().map((round, index) => ({ ...round, stagesMs: { total: 1_000 + (index % 2) * by } }))

  it("passes below its target and fails above it", () => {
    assert.strictEqual(predictability(someRounds(), today).verdict, "pass")
    assert.strictEqual(predictability(wobbling(900), today).verdict, "fail")
  })

  it("is inconclusive if the control varies as much, or with few rounds", () => {
    const busy = wobbling(900).map((round, index) => ({ ...round, controlMs: 3 + (index % 2) * 3 }))
    assert.strictEqual(predictability(busy, today).verdict, "inconclusive")
    assert.strictEqual(predictability(someRounds({}, 3), today).verdict, "inconclusive")
  })
})

it("the verification is that of the comparison, and inconclusive without a baseline", () => {
  const recordedAt = DateTime.makeUnsafe("2026-11-28T00:00:00Z")
  const now = { ...someFacts, workers: [] }
  assert.strictEqual(verification({ results: compareFacts(someFacts, someFacts), recordedAt }, today).verdict, "pass")
  assert.strictEqual(verification({ results: compareFacts(someFacts, now), recordedAt }, today).verdict, "fail")
  assert.strictEqual(verification(undefined, today).verdict, "inconclusive")
})

it.live("the figures of long runs are read from the pages that they write, with their date", () =>
  Effect.gen(function*() {
    const { deployments, detection, documentation, durations, recovery } = yield* kpisFromFiles(today)
    assert.lengthOf(durations, 2)
    assert.match(detection.figure, /^\d+ of \d{2,}$/)
    assert.match(detection.at, /^\d{4}-\d{2}-\d{2}$/)
    assert.match(recovery.figure, /^[\d.]+ s at most$/)
    assert.include(["pass", "fail"], recovery.verdict)
    assert.match(deployments.figure, /^\d+ of \d{2,} releases/)
    assert.strictEqual(documentation.verdict, "pass", documentation.figure)
  }).pipe(Effect.provide(NodeServices.layer)))

it.live("a failure that was not detected misses the target, and a page without cases is inconclusive", () =>
  Effect.gen(function*() {
    const page = yield* FileSystem.FileSystem.use((fs) => fs.readFileString("docs/faults.md"))
    const within = (text: string) =>
      Effect.provideServiceEffect(
        kpisFromFiles(today),
        FileSystem.FileSystem,
        Effect.map(FileSystem.FileSystem, (fs) => ({ ...fs, readFileString: () => Effect.succeed(text) }))
      )
    assert.strictEqual((yield* within(page.replace("| ok |", "| **failed** |"))).detection.verdict, "fail")
    const nothing = yield* within("")
    for (const kpi of [nothing.detection, nothing.recovery, nothing.deployments]) {
      assert.strictEqual(kpi.verdict, "inconclusive", kpi.name)
    }
    assert.strictEqual(nothing.documentation.verdict, "fail")
  }).pipe(Effect.provide(NodeServices.layer)))

it("the page has a row for each KPI, also for those that cannot be measured here", () => {
  const page = kpiPage(unmeasurable)
  for (const { name, verdict } of unmeasurable) assert.include(page, `| ${name} |`, verdict)
  assert.strictEqual(page.split("\n").filter((line) => line.includes("not measured")).length, unmeasurable.length)
})
