/** A disk that forgets what was not synced: which bytes and names a power cut would leave. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type FileTask, runTasks } from "../../../../layers/ObjectStorage/filesystem/fileThread.ts"

/** Notes what the functions of `node:fs` do while the scope is open. */
const disk = Effect.acquireRelease(
  Effect.sync(() => {
    const { fsyncSync, linkSync, mkdirSync, openSync, writeFileSync } = fs
    const real = { fsyncSync, linkSync, mkdirSync, openSync, writeFileSync }
    const paths = new Map<number, string>()
    const files = new Map<string, "written" | "synced">()
    const names = new Map<string, "linked" | "synced">()
    const linkedUnsynced: Array<string> = []
    let syncs = 0
    Object.assign(fs, {
      openSync: (path: string, flags: string) => {
        const file = real.openSync(path, flags)
        paths.set(file, path)
        return file
      },
      writeFileSync: (file: number, bytes: Uint8Array) => {
        real.writeFileSync(file, bytes)
        files.set(paths.get(file) ?? "", "written")
      },
      fsyncSync: (file: number) => {
        real.fsyncSync(file)
        syncs++
        const path = paths.get(file) ?? ""
        if (files.has(path)) files.set(path, "synced")
        for (const name of names.keys()) if (dirname(name) === path) names.set(name, "synced")
      },
      mkdirSync: (path: string, options: { readonly recursive: true }) => {
        const first = real.mkdirSync(path, options)
        if (first === undefined) return undefined
        for (let made = path; made.length >= first.length; made = dirname(made)) names.set(made, "linked")
        return first
      },
      linkSync: (draft: string, target: string) => {
        real.linkSync(draft, target)
        if (files.get(draft) !== "synced") linkedUnsynced.push(target)
        names.set(target, "linked")
      }
    })
    syncBuiltinESMExports()
    return { real, names, linkedUnsynced, syncs: () => syncs }
  }),
  ({ real }) =>
    Effect.sync(() => {
      Object.assign(fs, real)
      syncBuiltinESMExports()
    })
)

const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "accessa-"))),
  (path) => Effect.sync(() => fs.rmSync(path, { recursive: true }))
)

const write = (directory: string, name: string): FileTask => ({
  _tag: "write",
  draft: join(directory, `draft-${name}`),
  target: join(directory, name),
  bytes: new TextEncoder().encode(`The text of ${name}.`)
})

describe("the thread that writes small files", () => {
  it.effect("answers when a power cut would lose neither the bytes nor the name of a file", () =>
    Effect.gen(function*() {
      const directory = yield* folder
      const { linkedUnsynced, names } = yield* disk
      const tasks = ["a", "b", "c"].map((name) => write(directory, name))
      assert.deepStrictEqual(runTasks(tasks), tasks.map(() => ({ _tag: "done" })))
      assert.deepStrictEqual(linkedUnsynced, [])
      assert.deepStrictEqual([...names.values()], ["synced", "synced", "synced"])
      assert.deepStrictEqual(fs.readdirSync(directory).toSorted(), ["a", "b", "c"])
      assert.strictEqual(fs.readFileSync(join(directory, "b"), "utf8"), "The text of b.")
    }))

  it.effect("answers when a power cut would not lose the new folders that lead to a file either", () =>
    Effect.gen(function*() {
      const directory = yield* folder
      const { names } = yield* disk
      const task = { ...write(directory, "a"), target: join(directory, "raw", "user", "a") }
      assert.deepStrictEqual(runTasks([task]), [{ _tag: "done" }])
      assert.deepStrictEqual([...names], [
        [join(directory, "raw", "user"), "synced"],
        [join(directory, "raw"), "synced"],
        [task.target, "synced"]
      ])
    }))

  it.effect("syncs each file of a message once, and their folder once", () =>
    Effect.gen(function*() {
      const directory = yield* folder
      const { syncs } = yield* disk
      runTasks(Array.from({ length: 64 }, (_, n) => write(directory, `${n}`)))
      assert.strictEqual(syncs(), 65)
    }))

  it.effect("fails for the file that is there already, leaves it as it is, and writes the others", () =>
    Effect.gen(function*() {
      const directory = yield* folder
      runTasks([write(directory, "a")])
      const again = { ...write(directory, "a"), bytes: new Uint8Array(3) }
      assert.deepStrictEqual(runTasks([again, write(directory, "b")]), [
        { _tag: "failed", errno: "EEXIST" },
        { _tag: "done" }
      ])
      assert.strictEqual(fs.readFileSync(join(directory, "a"), "utf8"), "The text of a.")
      assert.strictEqual(fs.readFileSync(join(directory, "b"), "utf8"), "The text of b.")
    }))
})
