import { it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { assert, describe } from "vitest"
import { observe, progressLine, stageText, started } from "../../../src/cli/terminal/ProgressLine.ts"
import { coloured, plain } from "../../../src/cli/terminal/Style.ts"
import { aJob, failedJob } from "../../support/stubs/cannedJob.ts"

const embedding = (embedsDone: number) =>
  aJob({
    status: "embedding_in_progress",
    progress: { chunksTotal: 1024, chunksDone: 1024, embedsTotal: 1024, embedsDone },
    tokensPaid: 41_000,
    costUsd: 0.0008,
    vectorsReused: 610
  })

const line = (columns: number) =>
  progressLine(observe(observe(started("report.pdf"), embedding(0), 0), embedding(812), 36_000), {
    columns,
    nameWidth: 12,
    now: 36_000,
    style: plain
  })

describe("a progress line", () => {
  it("a progress line shows stage, counts, percentage, tokens, cost, reuse and remaining time", () => {
    assert.strictEqual(
      line(120),
      "report.pdf    ● embedding 812/1,024  ▓▓▓▓▓▓░░  79%  41k tok  $0.0008  reused 610  eta 9s"
    )
  })
  it("a progress line drops the least important part first on a narrow terminal", () => {
    assert.strictEqual(line(70), "report.pdf    ● embedding 812/1,024  ▓▓▓▓▓▓░░  79%  $0.0008  eta 9s")
    assert.strictEqual(line(48), "report.pdf    ● embedding 812/1,024  79%")
    assert.strictEqual(line(36), "report.pdf    ● embedding 812/1,024")
  })
  it("a progress line shows no remaining time before the first vectors", () => {
    assert.notInclude(
      progressLine(observe(started("a"), embedding(5), 0), { columns: 120, nameWidth: 8, now: 9, style: plain }),
      "eta"
    )
  })
  it("a progress line measures a resumed job's speed from its initial count", () => {
    const resumed = observe(observe(started("a"), embedding(1000), 0), embedding(1012), 1_000)
    assert.include(progressLine(resumed, { columns: 120, nameWidth: 8, now: 1_000, style: plain }), "eta 1s")
  })
  it("a progress line distinguishes a retried job from one that is held", () => {
    const { lastError } = failedJob()
    assert.strictEqual(
      stageText({ name: "a", job: aJob({ status: "parse_queued", lastError, retryCount: 2 }) }),
      "parsing, retry 2"
    )
    assert.strictEqual(stageText({ name: "a", job: aJob({ status: "parse_queued", lastError }) }), "parsing, held")
  })
  it.prop(
    "a progress line is never wider than the terminal, however long the file name",
    [Schema.String, Schema.Int.check(Schema.isBetween({ minimum: 20, maximum: 200 }))],
    ([name, columns]) => {
      const style = coloured
      const text = progressLine({ name: `文${name}`, job: embedding(3) }, { columns, nameWidth: 60, now: 0, style })
      assert.isAtMost(CliOutput.displayWidth(text), columns)
      assert.notInclude(text, "\n")
    }
  )
})
