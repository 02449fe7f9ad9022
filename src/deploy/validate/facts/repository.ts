/** Looks for secrets in the files that git keeps, in the repository of the configuration file. */
import { Effect, FileSystem, Path } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { secretIn } from "../looksSecret.ts"

/** Larger files hold data, not settings. */
const largest = 500_000

export const searchRepository = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const git = (...args: ReadonlyArray<string>) =>
    spawner.string(ChildProcess.make("git", ["-C", paths.dirname(file), ...args], { stderr: "ignore" })).pipe(
      Effect.mapError(() => noRepository)
    )
  const top = (yield* git("rev-parse", "--show-toplevel")).trim()
  if (top === "") return yield* Effect.fail(noRepository)
  const names = (yield* git("ls-files", "-z", "--full-name", top)).split("\0").filter((name) => name !== "")
  const found = yield* Effect.forEach(names, (name) => {
    const path = paths.join(top, name)
    return Effect.gen(function*() {
      if (/^\.env(?:\.|$)/.test(paths.basename(name)) && !name.endsWith(".example")) {
        return [`${name} is kept in the repository`]
      }
      const { size, type } = yield* fs.stat(path)
      if (type !== "File" || Number(size) > largest) return []
      const what = secretIn(yield* fs.readFileString(path))
      return what === undefined ? [] : [`${name} holds ${what}`]
      // A file that was removed, or is not text, holds no settings.
    }).pipe(Effect.catch(() => Effect.succeed([])))
  }, { concurrency: 8 })
  return { files: names.length, faults: found.flat() }
})

const noRepository = "the configuration file is in no git repository: run this command from a checkout"
