/** Writes each line to the output and, if there is one, to the log file. */
import { Console, Context, Logger, Option } from "effect"
import type { LogFile } from "./LogFile.ts"
import { lineOf, type LogLine, toJson } from "./LogLine.ts"
import { readable } from "./readable.ts"

interface LoggerOptions {
  readonly service: string
  readonly format: "json" | "pretty"
  readonly isColoured: boolean
  readonly output: "stdout" | "stderr"
  readonly file: Option.Option<LogFile>
  /** To the collector. */
  readonly send: Option.Option<(line: LogLine) => void>
}

export const makeLogger = ({ file, format, isColoured, output, send, service }: LoggerOptions) =>
  Logger.make((options) => {
    const console = Context.get(options.fiber.context, Console.Console)
    const line = lineOf(service, options)
    const json = toJson(line)
    const text = format === "json" ? json : readable(line, { isColoured })
    if (output === "stdout") console.log(text)
    else console.error(text)
    const complaint = Option.isSome(file) ? file.value.write(json, options.date) : undefined
    if (Option.isSome(send)) send.value(line)
    if (complaint !== undefined) console.error(complaint)
  })
