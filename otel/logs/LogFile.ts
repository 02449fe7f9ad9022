/**
 * The log file of this process. Files are never renamed: a full or day-old file is followed by a new one with a later name, so
 * that readers and other processes are not disturbed. Each line is in the file before the program goes on.
 */
import { Duration, Effect, Schema, type Scope } from "effect"
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { pid } from "node:process"

export interface LogFileOptions {
  readonly folder: string
  readonly service: string
  /** A file of this size is followed by a new one. */
  readonly fileBytes: number
  /** Above this, the folder's oldest files are removed. */
  readonly folderBytes: number
  /** Files that no process has written to for this long are removed. */
  readonly keep: Duration.Duration
}

export class LogFolderUnusable extends Schema.TaggedError<LogFolderUnusable>()("LogFolderUnusable", {
  message: Schema.String
}) {}

export interface LogFile {
  /** Returns why the line could not be written, at most once a minute. */
  readonly write: (line: string, now: Date) => string | undefined
}

const extension = ".jsonl"
export const isLogFile = (name: string): boolean => name.endsWith(extension)

const day = Duration.toMillis("1 day")
const minute = Duration.toMillis("1 minute")
const second = Duration.toMillis("1 second")

export const openLogFile = (options: LogFileOptions): Effect.Effect<LogFile, LogFolderUnusable, Scope.Scope> =>
  Effect.clockWith((clock) =>
    Effect.acquireRelease(
      Effect.try({
        try: () => makeLogFile(options, clock.currentTimeMillisUnsafe()),
        catch: (cause) =>
          new LogFolderUnusable({ message: `No log files are written to ${options.folder}: ${said(cause)}.` })
      }),
      ({ close }) => Effect.sync(close)
    )
  )

const makeLogFile = ({ fileBytes, folder, folderBytes, keep, service }: LogFileOptions, start: number) => {
  let opened = 0
  const open = (now: number) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const at = new Date(now).toISOString().replace(/[-:.]/g, "")
    const name = `${service.replace(/[^\w.-]/g, "_")}-${at}-${pid}-${opened++}${extension}`
    const fd = openSync(join(folder, name), "a", 0o600)
    tidy({ folder, folderBytes, keep, now, name })
    return { fd, bytes: 0, openedAt: now, lookedAt: now }
  }
  let file = open(start)
  let quietUntil = 0

  /** Another process may have removed it as the oldest of a full folder. */
  const isGone = (now: number): boolean => {
    if (now - file.lookedAt < second) return false
    file.lookedAt = now
    return fstatSync(file.fd).nlink === 0
  }

  return {
    write: (line: string, date: Date) => {
      const now = date.getTime()
      try {
        if (file.bytes >= fileBytes || now - file.openedAt >= day || isGone(now)) {
          const next = open(now)
          closeSync(file.fd)
          file = next
        }
        file.bytes += writeSync(file.fd, `${line}\n`)
        return undefined
      } catch (cause) {
        if (now < quietUntil) return undefined
        quietUntil = now + minute
        return `Log lines are missing from ${folder}: ${said(cause)}.`
      }
    },
    close: () => closeSync(file.fd)
  }
}

interface Tidying {
  readonly folder: string
  readonly folderBytes: number
  readonly keep: Duration.Duration
  readonly now: number
  /** The file that this process writes to. */
  readonly name: string
}

const tidy = ({ folder, folderBytes, keep, name, now }: Tidying): void => {
  const files = readdirSync(folder).filter((each) => isLogFile(each) && each !== name).flatMap((each) => {
    const stat = statSync(join(folder, each), { throwIfNoEntry: false })
    return stat === undefined ? [] : [{ path: join(folder, each), bytes: stat.size, writtenAt: stat.mtimeMs }]
  }).toSorted((a, b) => b.writtenAt - a.writtenAt)
  let total = 0
  for (const { bytes, path, writtenAt } of files) {
    total += bytes
    if (total > folderBytes || now - writtenAt > Duration.toMillis(keep)) rmSync(path, { force: true })
  }
}

const said = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)
