import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type LogLine, toJson } from "../../../otel/logs/LogLine.ts"
import { runCli } from "../../support/harness/runCli.ts"

const dataOf = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-data-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)
const line = (message: string, fields: LogLine["fields"], age = 0): LogLine => ({
  time: new Date(Date.now() - age * 1000).toISOString(),
  level: "INFO",
  service: "accessa-worker",
  message,
  fields
})
const withLines = (lines: ReadonlyArray<LogLine>) =>
  Effect.map(dataOf, (data) => {
    mkdirSync(join(data, "logs"))
    appendFileSync(join(data, "logs", "worker.jsonl"), lines.map((each) => `${toJson(each)}\n`).join(""))
    return (...args: ReadonlyArray<string>) => runCli(["logs", ...args], { env: { ACCESSA_DATA_DIR: data } })
  })

describe("accessa logs", () => {
  it.live("prints the lines of one correlation id or job, by their first characters", () =>
    Effect.gen(function*() {
      const logs = yield* withLines([
        line("of one", { correlation_id: "c0ffee-1", job_id: "aa-1" }),
        line("of another", { correlation_id: "decaf-2", job_id: "bb-2" })
      ])
      assert.match((yield* logs("--correlation", "c0ffee")).stdout, /^\S+ INFO {2}accessa-worker of one\n$/)
      assert.match((yield* logs("--job", "BB")).stdout, /^\S+ INFO {2}accessa-worker of another\n$/)
      assert.strictEqual((yield* logs("--job", "bb", "--correlation", "c0ffee")).stdout, "")
      assert.include((yield* logs()).stdout, "correlation_id=decaf-2")
    }))

  it.live("prints the newest lines of a level and a time", () =>
    Effect.gen(function*() {
      const logs = yield* withLines([
        line("an hour ago", {}, 3_600),
        { ...line("failed", {}, 2), level: "ERROR" },
        line("now", {}, 1)
      ])
      const { stdout } = yield* logs("--since", "10m")
      assert.match(stdout, /failed[^]*now/)
      assert.notInclude(stdout, "an hour ago")
      assert.match((yield* logs("--level", "warn")).stdout, /^\S+ ERROR accessa-worker failed\n$/)
      assert.match((yield* logs("-n", "1")).stdout, /^\S+ INFO {2}accessa-worker now\n$/)
    }))

  it.live("prints a line as one JSON object with --json, and nothing that steers a terminal without it", () =>
    Effect.gen(function*() {
      const evil = line("bold \u001b[1mwords", { job_id: "aa", ms: 3 })
      const logs = yield* withLines([evil])
      assert.strictEqual((yield* logs("--json")).stdout, `${toJson(evil)}\n`)
      assert.match((yield* logs()).stdout, /accessa-worker bold words job_id=aa ms=3\n$/)
    }))

  it.live("says where to look when there are no log files", () =>
    Effect.gen(function*() {
      const data = yield* dataOf
      const { code, stderr } = yield* runCli(["logs"], { env: { ACCESSA_DATA_DIR: data } })
      assert.strictEqual(code, 3)
      assert.match(stderr, /NO_LOG_FILES.*OTLP collector/)
    }))
})
