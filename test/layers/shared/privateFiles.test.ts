import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { chdir, cwd } from "node:process"
import { makeDataDirectoryPrivate } from "../../../layers/shared/privateFiles.ts"

/** A data directory as earlier releases left it, with files that are not ours. */
const wideDirectory = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = join(yield* fs.makeTempDirectoryScoped(), "accessa")
  for (const path of ["data/base/5", "storage/raw/someone", "logs", "notes"]) {
    mkdirSync(join(directory, path), { recursive: true })
  }
  const files = [
    "data/base/5/1259",
    "storage/raw/someone/a.md",
    "logs/stack.log",
    "lock",
    "stack.pid",
    "notes/mine.txt"
  ]
  for (const file of files) writeFileSync(join(directory, file), "")
  symlinkSync(join(directory, "notes"), join(directory, "data/elsewhere"))
  for (const path of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    chmodSync(join(directory, path), 0o777)
  }
  chmodSync(directory, 0o755)
  return directory
})

/** Paths that other users may access, by their modes. */
const open = (directory: string) =>
  ["", ...readdirSync(directory, { recursive: true, encoding: "utf8" })]
    .filter((path) => (statSync(join(directory, path)).mode & 0o077) !== 0).toSorted()

layer(NodeServices.layer)("a data directory that others can read", (it) => {
  it.effect(
    "a data directory that others can read becomes private with all our files in it, and other files "
      + "stay unchanged",
    () =>
      Effect.gen(function*() {
        const directory = yield* wideDirectory
        makeDataDirectoryPrivate(directory)
        assert.deepStrictEqual(open(directory), [
          "data/elsewhere",
          "data/elsewhere/mine.txt",
          "notes",
          "notes/mine.txt"
        ])
        assert.strictEqual(statSync(join(directory, "data/base/5/1259")).mode & 0o777, 0o700)
        makeDataDirectoryPrivate(directory)
      })
  )

  it.effect(
    "a data directory that others must traverse stays open, such as a temporary folder or the working "
      + "directory",
    () =>
      Effect.gen(function*() {
        const shared = yield* wideDirectory
        chmodSync(shared, 0o1777)
        makeDataDirectoryPrivate(shared)
        assert.strictEqual(statSync(shared).mode & 0o7777, 0o1777)

        const project = yield* wideDirectory
        const before = cwd()
        yield* Effect.addFinalizer(() => Effect.sync(() => chdir(before)))
        chdir(join(project, "notes"))
        makeDataDirectoryPrivate(project)
        assert.strictEqual(statSync(project).mode & 0o7777, 0o755)
        assert.deepStrictEqual(open(project), [
          "",
          "data/elsewhere",
          "data/elsewhere/mine.txt",
          "notes",
          "notes/mine.txt"
        ])
      })
  )

  it.effect("may be missing", () => Effect.sync(() => makeDataDirectoryPrivate(join(cwd(), "no such directory"))))
})
