/** A log line, as it is written to files and read back: one JSON object with its fields side by side. */
import { Array, Cause, Context, type Logger, Option, Predicate, Record, References, Schema, Tracer } from "effect"

/** From the least to the most severe. */
export const logLevels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const
export type LogLevelName = (typeof logLevels)[number]

export const LogLevelName = Schema.Literals(logLevels)
const LogValue = Schema.Union([Schema.String, Schema.Number, Schema.Boolean])

export const LogLine = Schema.Struct({
  time: Schema.String,
  level: LogLevelName,
  service: Schema.String,
  message: Schema.String,
  fields: Schema.Record(Schema.String, LogValue)
})
export type LogLine = typeof LogLine.Type

export const atLeastAsSevere = (level: LogLevelName, least: LogLevelName): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(least)

export const toJson = ({ fields, ...line }: LogLine): string => JSON.stringify({ ...line, ...fields, ...line })

const Written = Schema.StructWithRest(
  Schema.Struct({ time: Schema.String, level: LogLevelName, service: Schema.String, message: Schema.String }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Written))
const isValue = Schema.is(LogValue)

/** None for what is not a line of ours, such as one that a full disk cut off. */
export const fromJson = (text: string): Option.Option<LogLine> =>
  Option.map(decode(text), ({ level, message, service, time, ...rest }) => ({
    time,
    level,
    service,
    message,
    fields: Record.filter(rest, isValue)
  }))

/** What an effect logged. */
export const lineOf = (
  service: string,
  { cause, date, fiber, logLevel, message }: Logger.Options<unknown>
): LogLine => {
  const parts = Array.ensure(message)
  const parent = Context.getOption(fiber.context, Tracer.ParentSpan)
  const span = Option.getOrUndefined(Option.filter(parent, ({ sampled }) => sampled))
  const words = parts.filter((part) => !Predicate.isObject(part)).map(String)
  return {
    time: date.toISOString(),
    level: levelName(logLevel),
    service,
    message: words.join(" "),
    fields: Record.filter({
      ...fiber.getRef(References.CurrentLogAnnotations),
      ...Object.assign({}, ...parts.map(errorFields)),
      trace_id: span?.traceId,
      span_id: span?.spanId,
      cause: cause.reasons.length === 0 ? undefined : Cause.pretty(cause)
    }, isValue)
  }
}

const levelName = (level: string): LogLevelName =>
  Option.getOrElse(Schema.decodeUnknownOption(LogLevelName)(level.toUpperCase()), () => "INFO" as const)

/** Of an error, its words for people: its cause may hold a document's text. */
const errorFields = (part: unknown): Readonly<Record<string, unknown>> =>
  Predicate.isObject(part)
    ? {
      error_code: Predicate.hasProperty(part, "code") ? part.code : undefined,
      error_message: Predicate.hasProperty(part, "message") ? part.message : undefined
    }
    : {}
