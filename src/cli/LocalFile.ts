/** The files named by the arguments of `ingest`: a folder's files in order of name, without hidden ones; `-` is stdin. */
import { Effect, FileSystem, Path, type PlatformError, type Scope, Stdio, Stream } from "effect"
import { type CommandFailure, failure } from "./CommandFailure.ts"

export interface LocalFile {
  /** The path as given, or relative to the given folder. */
  readonly name: string
  readonly path: string
}

export const localFiles = (
  paths: ReadonlyArray<string>,
  stdinName: string | undefined
): Effect.Effect<
  ReadonlyArray<LocalFile>,
  CommandFailure,
  FileSystem.FileSystem | Path.Path | Stdio.Stdio | Scope.Scope
> =>
  Effect.gen(function*() {
    if (paths.includes("-") && stdinName === undefined) return yield* nameMissing
    const found: Array<ReadonlyArray<LocalFile>> = []
    for (const path of paths) found.push(path === "-" ? [yield* spool(stdinName ?? "-")] : yield* filesOf(path))
    const seen = new Set<string>()
    return found.flat().filter(({ path }) => !seen.has(path) && seen.add(path))
  })

const nameMissing = failure(
  "usage",
  "NAME_MISSING",
  "A document from stdin has no name.",
  "Pass a name with an extension: --name report.pdf."
)

const filesOf = Effect.fn("cli.filesOf")(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const info = yield* fs.stat(path).pipe(Effect.mapError((error) => unreadable(path, error)))
  if (info.type !== "Directory") return [{ name: path, path }]
  return yield* below(path, new Set()).pipe(Effect.mapError((error) => unreadable(path, error)))
})

/** `above` holds the parent folders, so that symbolic links cannot loop. */
const below = (
  folder: string,
  above: ReadonlySet<string>
): Effect.Effect<ReadonlyArray<LocalFile>, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const real = yield* fs.realPath(folder)
    if (above.has(real)) return []
    const names = (yield* fs.readDirectory(folder)).filter((name) => !name.startsWith(".")).toSorted()
    const files = yield* Effect.forEach(names, (name) =>
      Effect.gen(function*() {
        const path = paths.join(folder, name)
        const type = (yield* fs.stat(path)).type
        if (type === "Directory") return yield* below(path, new Set([...above, real]))
        return type === "File" ? [{ name: path, path }] : []
      }))
    return files.flat()
  })

const unreadable = (path: string, error: PlatformError.PlatformError): CommandFailure =>
  error.reason._tag === "NotFound"
    ? failure("usage", "FILE_NOT_FOUND", `There is no file or folder ${path}.`, "Check the path.")
    : failure("usage", "FILE_UNREADABLE", `${path} cannot be read: ${error.message}.`, "Check its permissions.")

/** Buffers stdin on disk, because an upload states its length and is sent again if the connection breaks. */
const spool = Effect.fn("cli.spool")(function*(name: string) {
  const fs = yield* FileSystem.FileSystem
  const stdio = yield* Stdio.Stdio
  return yield* Effect.gen(function*() {
    const path = yield* fs.makeTempFileScoped()
    yield* Stream.run(stdio.stdin, fs.sink(path))
    return { name, path }
  }).pipe(Effect.mapError((error) => unreadable("stdin", error)))
})
