import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Stream } from "effect"
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLogFile } from "../../../otel/logs/LogFile.ts"
import { type LogLine, toJson } from "../../../otel/logs/LogLine.ts"
import { followLogs, type LogFilter, makeLogReader } from "../../../otel/logs/readLogs.ts"

const folderOf = Effect.acquireRelease(
  Effect.sync(() => join(mkdtempSync(join(tmpdir(), "accessa-logs-")), "logs")),
  (folder) => Effect.sync(() => rmSync(join(folder, ".."), { recursive: true }))
)
const all: LogFilter = { mentions: [], accepts: () => true, level: "TRACE", since: 0, limit: 100 }
const lineAt = (second: number, message: string, fields: LogLine["fields"] = {}): LogLine => ({
  time: new Date(Date.UTC(2020, 0, 1, 0, 0, second)).toISOString(),
  level: "INFO",
  service: "test",
  message,
  fields
})
const messages = (lines: ReadonlyArray<LogLine>) => lines.map(({ message }) => message)
const append = (folder: string, file: string, ...texts: ReadonlyArray<string>) => {
  mkdirSync(folder, { recursive: true })
  appendFileSync(join(folder, file), texts.join(""))
}
const text = (...line: Parameters<typeof lineAt>) => `${toJson(lineAt(...line))}\n`

describe("the log files of a folder", () => {
  it.live("are read as one, by time", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      append(folder, "api.jsonl", text(1, "one"), text(3, "three"))
      append(folder, "worker.jsonl", text(2, "two"), "no line of ours\n", text(4, "four"))
      append(folder, "stack.log", text(5, "not a log file of ours"))
      const { next } = yield* makeLogReader(folder, all)
      assert.deepStrictEqual(messages(yield* next), ["one", "two", "three", "four"])
      assert.deepStrictEqual(yield* next, [])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("are filtered by what a line mentions, its level and its time, and the newest are kept", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const debug: LogLine = { ...lineAt(9, "debug", { job_id: "a" }), level: "DEBUG" }
      append(folder, "api.jsonl", text(1, "early", { job_id: "a" }), text(5, "b's", { job_id: "b" }))
      append(folder, "api.jsonl", `${toJson(debug)}\n`, ...[6, 7, 8].map((n) => text(n, `a ${n}`, { job_id: "a" })))
      const { next } = yield* makeLogReader(folder, {
        mentions: ["\"a\""],
        accepts: ({ fields }) => fields["job_id"] === "a",
        level: "INFO",
        since: Date.UTC(2020, 0, 1, 0, 0, 5),
        limit: 2
      })
      assert.deepStrictEqual(messages(yield* next), ["a 7", "a 8"])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("give a line when all of it is written", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const line = text(1, "größer")
      const bytes = Buffer.from(line)
      const middle = bytes.indexOf("ö") + 1
      mkdirSync(folder)
      appendFileSync(join(folder, "api.jsonl"), bytes.subarray(0, middle))
      const { next } = yield* makeLogReader(folder, all)
      assert.deepStrictEqual(yield* next, [])
      appendFileSync(join(folder, "api.jsonl"), bytes.subarray(middle))
      assert.deepStrictEqual(messages(yield* next), ["größer"])
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("are followed into the files that come after them", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const count = 40
      // It begins before there is a folder.
      const following = yield* followLogs(folder, all).pipe(Stream.take(count), Stream.runCollect, Effect.forkChild)
      const { write } = yield* openLogFile({
        folder,
        service: "test",
        fileBytes: 300,
        folderBytes: 1_000_000,
        keep: Duration.days(1)
      })
      for (let n = 0; n < count; n++) {
        write(toJson(lineAt(n, `line ${n}`)), new Date())
        yield* Effect.yieldNow
      }
      assert.deepStrictEqual(
        messages(Array.from(yield* Fiber.join(following))),
        Array.from({ length: count }, (_, n) => `line ${n}`)
      )
    }).pipe(Effect.provide(NodeServices.layer)))
})
