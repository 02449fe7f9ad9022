import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLogFile } from "../../../otel/logs/LogFile.ts"

const folderOf = Effect.acquireRelease(
  Effect.sync(() => join(mkdtempSync(join(tmpdir(), "accessa-logs-")), "logs")),
  (folder) => Effect.sync(() => rmSync(join(folder, ".."), { recursive: true }))
)
const open = (folder: string, options: { readonly fileBytes?: number; readonly folderBytes?: number } = {}) =>
  openLogFile({
    folder,
    service: "test",
    fileBytes: 1_000_000,
    folderBytes: 1_000_000,
    keep: Duration.days(2),
    ...options
  })
const filesIn = (folder: string) => readdirSync(folder).toSorted()
const textIn = (folder: string) => filesIn(folder).map((name) => readFileSync(join(folder, name), "utf8")).join("")
const hoursFrom = (hours: number) => new Date(Date.now() + hours * 3_600_000)

describe("a log file", () => {
  it.live("a log file has each line at once, and no other user can read it", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const { write } = yield* open(folder)
      write("one", new Date())
      assert.strictEqual(textIn(folder), "one\n")
      assert.strictEqual(statSync(folder).mode & 0o777, 0o700)
      for (const name of filesIn(folder)) assert.strictEqual(statSync(join(folder, name)).mode & 0o777, 0o600)
    }))

  it.live("a full log file is followed by a new one, and the oldest go when the folder is full", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const { write } = yield* open(folder, { fileBytes: 100, folderBytes: 250 })
      const lines = Array.from({ length: 20 }, (_, n) => `${n}`.padStart(49, "0"))
      for (const [n, line] of lines.entries()) {
        write(line, new Date())
        for (const [age, name] of filesIn(folder).toReversed().entries()) {
          utimesSync(join(folder, name), new Date(), new Date(Date.now() - age * 1000))
        }
        assert.isAtMost(filesIn(folder).length, 4, `after ${n + 1} lines`)
      }
      assert.strictEqual(textIn(folder), lines.slice(-textIn(folder).length / 50).map((line) => `${line}\n`).join(""))
    }))

  it.live("a log file of yesterday is followed by a new one, and files that are too old are removed", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const { write } = yield* open(folder)
      write("yesterday", new Date())
      write("today", hoursFrom(25))
      assert.strictEqual(filesIn(folder).length, 2)
      for (const name of filesIn(folder)) {
        utimesSync(join(folder, name), hoursFrom(0), hoursFrom(name === filesIn(folder)[0] ? 0 : 25))
      }
      write("in three days", hoursFrom(72))
      assert.strictEqual(textIn(folder), "today\nin three days\n")
    }))

  it.live("a log file that another process removed is replaced", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const { write } = yield* open(folder)
      rmSync(folder, { recursive: true })
      write("here again", new Date(Date.now() + 2_000))
      assert.strictEqual(textIn(folder), "here again\n")
    }))

  it.live("a log file that cannot be written is reported once a minute, and the program continues", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      const { write } = yield* open(folder)
      rmSync(folder, { recursive: true })
      writeFileSync(folder, "")
      assert.include(write("lost", new Date(Date.now() + 2_000)), folder)
      assert.isUndefined(write("lost, too", new Date(Date.now() + 4_000)))
      assert.include(write("still lost", new Date(Date.now() + 70_000)), folder)
    }))

  it.live("a folder for log files that cannot be made is named", () =>
    Effect.gen(function*() {
      const folder = yield* folderOf
      writeFileSync(folder, "")
      const { message } = yield* Effect.flip(open(folder))
      assert.include(message, `No log files are written to ${folder}`)
    }))
})
