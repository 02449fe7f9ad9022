import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { randomUUID } from "node:crypto"
import { appendFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { toJson } from "../../otel/logs/LogLine.ts"
import { keyOf } from "../support/harness/Credentials.ts"
import { formOf, TestApi, testApi } from "../support/harness/TestApi.ts"

const folderOf = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "accessa-logs-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

const uploaded = Effect.gen(function*() {
  const { upload } = yield* TestApi
  const { body } = yield* upload(formOf("a.md", `# ${randomUUID()}`))
  return { job: String(body["job_id"]), correlation: String(body["correlation_id"]), user: String(body["user_id"]) }
})
const logsOf = Effect.fnUntraced(function*(job: string, as: "user" | "operator" = "user") {
  const { request } = yield* TestApi
  return yield* request(`/api/v1/jobs/${job}/logs`, { headers: { authorization: `Bearer ${keyOf(as)}` } })
})
const messagesIn = (body: Readonly<Record<string, unknown>>) =>
  Array.isArray(body["lines"]) ? body["lines"].map(({ message }) => message) : []

describe("the log lines of a job", () => {
  it.live("are those that name it, and for operators those that its correlation id is on, too", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      yield* Effect.gen(function*() {
        const { correlation, job, user } = yield* uploaded
        const stranger = { correlation_id: correlation, user_id: randomUUID() }
        const lines: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
          ["accepted", { correlation_id: correlation, user_id: user }],
          ["crashed", { correlation_id: correlation, job_id: job, cause: "Error: at line 1" }],
          ["another user's request", stranger],
          ["another user's job", { ...stranger, job_id: randomUUID() }],
          ["another job", { correlation_id: randomUUID(), job_id: randomUUID() }]
        ]
        for (const [message, fields] of lines) {
          const line = { time: new Date().toISOString(), level: "INFO" as const, service: "test", message, fields }
          appendFileSync(join(folder, "test.jsonl"), `${toJson(line)}\n`)
        }
        const own = yield* logsOf(job)
        assert.strictEqual(own.status, 200)
        assert.deepStrictEqual(messagesIn(own.body), ["accepted", "crashed"])
        assert.notInclude(own.text, "at line 1")
        const seen = yield* logsOf(job, "operator")
        assert.deepStrictEqual(messagesIn(seen.body), lines.slice(0, 4).map(([message]) => message))
        assert.include(seen.text, "at line 1")
      }).pipe(Effect.provide(testApi({ logs: Result.succeed(folder) })))
    }))

  it.live("are not another user's to see", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* logsOf(randomUUID())).status, 404)
    }).pipe(Effect.provide(testApi())))

  it.live("are said to be elsewhere where there are no log files", () =>
    Effect.gen(function*() {
      const { job } = yield* uploaded
      const { body } = yield* logsOf(job)
      assert.deepStrictEqual(body, { lines: [], note: "They go to the collector." })
    }).pipe(Effect.provide(testApi({ logs: Result.fail("They go to the collector.") }))))

  it.live("are said to be missing where the log files do not have them", () =>
    Effect.gen(function*() {
      const { job } = yield* uploaded
      const { body } = yield* logsOf(job)
      assert.deepStrictEqual(body["lines"], [])
      assert.match(String(body["note"]), /no lines of this job/)
    }).pipe(Effect.provide(testApi({ logs: Result.succeed("/nowhere") }))))
})
