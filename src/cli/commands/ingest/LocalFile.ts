/**
 * The files named by the arguments of `ingest`: a folder's files in order of name, without hidden and excluded ones; `-` is
 * stdin. A file that cannot be read is listed with the reason, because it must not stop the others.
 */
import { Effect, FileSystem, Path, type PlatformError, type Scope, Stdio, Stream } from "effect"
import { openAsBlob } from "node:fs"
import { type CommandFailure, failure } from "../../CommandFailure.ts"
import { excludes } from "./excludes.ts"

export interface LocalFile {
  /** The path as given, or relative to the given folder. */
  readonly name: string
  readonly path: string
  /** Why it cannot be read. */
  readonly problem?: CommandFailure
}

export interface Found {
  readonly files: ReadonlyArray<LocalFile>
  readonly skipped: ReadonlyArray<Skipped>
}

interface Skipped {
  readonly name: string
  readonly reason: "hidden" | "excluded"
}

export const localFiles = (
  paths: ReadonlyArray<string>,
  options: { readonly stdinName: string | undefined; readonly exclude: ReadonlyArray<string> }
): Effect.Effect<Found, CommandFailure, FileSystem.FileSystem | Path.Path | Stdio.Stdio | Scope.Scope> =>
  Effect.gen(function*() {
    const { exclude, stdinName } = options
    if (paths.includes("-") && stdinName === undefined) return yield* nameMissing
    const found: Array<LocalFile | Skipped> = []
    for (const path of paths) {
      if (path === "-") found.push(yield* spool(stdinName ?? "-"))
      else found.push(...(yield* named(path, exclude)))
    }
    const seen = new Set<string>()
    return {
      files: found.filter((entry) => "path" in entry).filter(({ path }) => !seen.has(path) && seen.add(path)),
      skipped: found.filter((entry) => "reason" in entry)
    }
  })

/** The bytes, to be read while they are sent. */
export const bytesOf = Effect.fnUntraced(function*(file: LocalFile) {
  if (file.problem !== undefined) return yield* file.problem
  const fs = yield* FileSystem.FileSystem
  yield* fs.access(file.path, { readable: true }).pipe(Effect.mapError((error) => unreadable(file.name, error)))
  return yield* Effect.tryPromise({ try: () => openAsBlob(file.path), catch: () => unreadable(file.name) })
})

const nameMissing = failure(
  "usage",
  "NAME_MISSING",
  "A document from stdin has no name.",
  "Pass a name with an extension: --name report.pdf."
)

/** An argument that names nothing is a mistake; a link that leads nowhere is an entry like those in a folder. */
const named = Effect.fnUntraced(function*(path: string, exclude: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const exists = yield* Effect.orElseSucceed(fs.exists(path), () => true)
  if (!exists && (yield* Effect.option(fs.readLink(path)))._tag === "None") {
    return yield* failure("usage", "FILE_NOT_FOUND", `There is no file or folder ${path}.`, "Check the path.")
  }
  const name = paths.basename(path)
  const folder = Effect.map(fs.stat(path), ({ type }) => type === "Directory")
  // A folder is named on purpose: patterns are for what is in it.
  const excluded = excludes(exclude, name) && !(yield* Effect.orElseSucceed(folder, () => false))
  return excluded
    ? [{ name: path, reason: "excluded" } as const]
    : yield* at(path, { root: path, exclude, above: new Set() })
})

interface Walk {
  readonly root: string
  readonly exclude: ReadonlyArray<string>
  /** The parent folders, so that symbolic links cannot loop. */
  readonly above: ReadonlySet<string>
}

/** What a path leads to: a file, or the entries of a folder. */
const at = (
  path: string,
  walk: Walk
): Effect.Effect<ReadonlyArray<LocalFile | Skipped>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { type } = yield* fs.stat(path)
    if (type === "Directory") return yield* below(path, walk)
    const problem = kinds.get(type)
    return [{ name: path, path, ...(problem === undefined ? {} : { problem: notAFile(path, problem) }) }]
  }).pipe(Effect.catch((error) => Effect.succeed([{ name: path, path, problem: unreadable(path, error) }])))

const below = Effect.fnUntraced(function*(folder: string, walk: Walk) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const real = yield* fs.realPath(folder)
  if (walk.above.has(real)) return []
  const above = new Set([...walk.above, real])
  const names = (yield* fs.readDirectory(folder)).toSorted()
  const found = yield* Effect.forEach(names, (name) => {
    const path = paths.join(folder, name)
    const reason = name.startsWith(".")
      ? "hidden" as const
      : excludes(walk.exclude, paths.relative(walk.root, path))
      ? "excluded" as const
      : undefined
    return reason === undefined ? at(path, { ...walk, above }) : Effect.succeed([{ name: path, reason }])
  })
  return found.flat()
})

const kinds: ReadonlyMap<FileSystem.File.Type, string> = new Map([
  ["Socket", "a socket"],
  ["FIFO", "a pipe"],
  ["BlockDevice", "a device"],
  ["CharacterDevice", "a device"]
])

const notAFile = (path: string, kind: string): CommandFailure =>
  failure("failed", "NOT_A_FILE", `${path} is ${kind}.`, "Name a file, a folder, or - for stdin.")

const unreadable = (path: string, error?: PlatformError.PlatformError): CommandFailure =>
  error?.reason._tag === "NotFound" && path.includes("\ufffd")
    // Node reads such a name, but cannot write it.
    ? failure(
      "failed",
      "FILE_UNREADABLE",
      `${path} has a name that is not UTF-8.`,
      "Rename it, or send it from stdin: `accessa ingest - --name report.pdf < FILE`."
    )
    : error?.reason._tag === "NotFound"
    ? failure(
      "failed",
      "FILE_NOT_FOUND",
      `${path} does not lead to a file.`,
      "It may be a broken link, or have been removed."
    )
    : failure("failed", "FILE_UNREADABLE", `${path} cannot be read.`, "Check its permissions.")

/** Buffers stdin on disk, because an upload states its length and is sent again if the connection breaks. */
const spool = Effect.fn("cli.spool")(function*(name: string) {
  const fs = yield* FileSystem.FileSystem
  const stdio = yield* Stdio.Stdio
  return yield* Effect.gen(function*() {
    const path = yield* fs.makeTempFileScoped()
    yield* Stream.run(Stream.mapError(stdio.stdin, () => unreadable("stdin")), fs.sink(path))
    return { name, path }
  }).pipe(Effect.mapError((error) => error._tag === "PlatformError" ? notBuffered : error))
})

const notBuffered = failure(
  "failed",
  "STDIN_NOT_BUFFERED",
  "Standard input cannot be saved: the folder for temporary files is full or not writable.",
  "Free some space, or name another folder in TMPDIR."
)
