/** `accessa logs`: the log lines of all processes that write to this data directory. Works while the API is down, too. */
import { Clock, Duration, Effect, FileSystem, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { isLogFile } from "../../../otel/logs/LogFile.ts"
import { logLevels, type LogLine } from "../../../otel/logs/LogLine.ts"
import { readable } from "../../../otel/logs/readable.ts"
import { followLogs, type LogFilter, makeLogReader } from "../../../otel/logs/readLogs.ts"
import { logFolder, read } from "../../settings/table.ts"
import { failure } from "../CommandFailure.ts"
import { duration, limit } from "../flags.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { coloured } from "../terminal/Style.ts"

const id = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const flags = {
  correlation: id("correlation", "Only lines with this correlation id, or its first characters"),
  job: id("job", "Only lines about this job, by its id or its first characters"),
  level: Flag.Literals("level", ["trace", "debug", "info", "warn", "error", "fatal"]).pipe(
    Flag.withDescription("Only lines of this level and above"),
    Flag.withDefault("trace" as const)
  ),
  since: duration("since", "How far back, such as 90s, 10m, 2h or 30d"),
  follow: Flag.Boolean("follow").pipe(
    Flag.withAlias("f"),
    Flag.withDescription("Keep printing lines as they are written"),
    Flag.withDefault(false)
  ),
  limit: limit("of the newest lines", 200, 10_000)
}

export const logs = Command.make(
  "logs",
  flags,
  ({ correlation, follow, job, level, limit: most, since }) =>
    Effect.gen(function*() {
      const output = yield* Output
      const folder = logFolder(yield* read("ACCESSA_DATA_DIR", "local"))
      const now = yield* Clock.currentTimeMillis
      const wanted: ReadonlyArray<readonly [string, string]> = [
        ...Option.toArray(Option.map(correlation, (it) => ["correlation_id", it.toLowerCase()] as const)),
        ...Option.toArray(Option.map(job, (it) => ["job_id", it.toLowerCase()] as const))
      ]
      const filter: LogFilter = {
        mentions: wanted.slice(0, 1).map(([, beginning]) => beginning),
        accepts: ({ fields }) => wanted.every(([name, beginning]) => String(fields[name] ?? "").startsWith(beginning)),
        level: logLevels.find((each) => each.toLowerCase() === level) ?? "TRACE",
        since: Option.match(since, { onNone: () => 0, onSome: (time) => now - Duration.toMillis(time) }),
        limit: most
      }
      const print = (line: LogLine) =>
        Effect.andThen(
          output.record({
            time: line.time,
            level: line.level,
            service: line.service,
            message: line.message,
            ...line.fields
          }),
          output.print(readable(line, {
            isColoured: output.style === coloured,
            hidden: wanted.length === 0 ? [] : ["correlation_id", "job_id", "trace_id", "client_address"],
            clean: printable
          }))
        )
      if (follow) return yield* Stream.runForEach(followLogs(folder, filter), print)
      if (!(yield* hasLogs(folder))) return yield* noLogs(folder)
      const { next } = yield* makeLogReader(folder, filter)
      yield* Effect.forEach(yield* next, print, { discard: true })
    })
).pipe(Command.withDescription("Show the log lines of this stack's processes, for one document or all"))

const hasLogs = Effect.fnUntraced(function*(folder: string) {
  const fs = yield* FileSystem.FileSystem
  return (yield* fs.exists(folder)) && (yield* fs.readDirectory(folder)).some(isLogFile)
})

const noLogs = (folder: string) =>
  failure(
    "notFound",
    "NO_LOG_FILES",
    `There are no log files in ${folder}.`,
    "Run this where the stack runs, with its ACCESSA_DATA_DIR. A stack that writes none (LOG_FILE_MB=0) logs to the output "
      + "of its processes and to its OTLP collector."
  )
