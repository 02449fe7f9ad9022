/** Reads the log files of a folder, of all processes together, once or again and again as they grow. */
import { Effect, FileSystem, Option, Stream } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { isLogFile } from "./LogFile.ts"
import { atLeastAsSevere, fromJson, type LogLevelName, type LogLine } from "./LogLine.ts"

export interface LogFilter {
  /** Texts of which a line has at least one, such as ids: other lines are not even decoded. Empty: all lines. */
  readonly mentions: ReadonlyArray<string>
  readonly accepts: (line: LogLine) => boolean
  readonly level: LogLevelName
  /** Milliseconds since 1970. */
  readonly since: number
  /** The newest lines, at most this many at a time. */
  readonly limit: number
}

interface Place {
  readonly decoder: InstanceType<typeof TextDecoder>
  offset: number
  /** The beginning of a line whose end is not written yet. */
  rest: string
}

interface LogReader {
  /** The lines since the last call that fit the filter, by time. */
  readonly next: Effect.Effect<ReadonlyArray<LogLine>, PlatformError>
}

export const makeLogReader = Effect.fnUntraced(function*(folder: string, filter: LogFilter) {
  const fs = yield* FileSystem.FileSystem
  const places = new Map<string, Place>()

  const fits = (line: LogLine): boolean =>
    atLeastAsSevere(line.level, filter.level) && Date.parse(line.time) >= filter.since && filter.accepts(line)
  const mentions = (text: string): boolean =>
    filter.mentions.length === 0 || filter.mentions.some((each) => text.includes(each))

  const readFile = Effect.fnUntraced(function*(name: string) {
    const path = `${folder}/${name}`
    const { mtime, size } = yield* fs.stat(path)
    const place = places.get(name) ?? { decoder: new TextDecoder(), offset: 0, rest: "" }
    places.set(name, place)
    const isOlder = Option.exists(mtime, (at) => at.getTime() < filter.since)
    if (Number(size) <= place.offset || (place.offset === 0 && isOlder)) return []
    let found: ReadonlyArray<LogLine> = []
    yield* Stream.runForEach(fs.stream(path, { offset: place.offset, chunkSize: chunk }), (bytes) =>
      Effect.sync(() => {
        place.offset += bytes.length
        const text = place.rest + place.decoder.decode(bytes, { stream: true })
        const end = text.lastIndexOf("\n") + 1
        place.rest = text.slice(end)
        const lines = text.slice(0, end)
        if (!mentions(lines)) return
        const fitting = lines.split("\n").filter(mentions).flatMap((each) => Option.toArray(fromJson(each))).filter(
          fits
        )
        found = [...found, ...fitting].slice(-filter.limit)
      }))
    return found
  }, Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed<ReadonlyArray<LogLine>>([])))

  const next = Effect.gen(function*() {
    const names = yield* fs.readDirectory(folder).pipe(
      Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed<Array<string>>([]))
    )
    const lines = yield* Effect.forEach(names.filter(isLogFile), readFile)
    return lines.flat().toSorted((a, b) => a.time < b.time ? -1 : a.time > b.time ? 1 : 0).slice(-filter.limit)
  })
  return { next } satisfies LogReader
})

const chunk = 262_144

/** Emits what is there, then what is added, from the files of later processes, too. */
export const followLogs = (folder: string, filter: LogFilter) =>
  Stream.unwrap(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { next } = yield* makeLogReader(folder, filter)
    // A folder that is not there yet cannot be watched, and not every file system tells of changes.
    const changes = fs.watch(folder).pipe(Stream.catch(() => Stream.empty))
    return Stream.merge(changes, Stream.tick("1 second")).pipe(
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.mapEffect(() => next),
      Stream.flatMap(Stream.fromIterable)
    )
  }))
