/** One JSON object per line, with the ids that link it to its trace. */
import { Console, Context, Logger, Option, Tracer } from "effect"

export const jsonLogger = Logger.make((options) => {
  const span = Option.getOrUndefined(Context.getOption(options.fiber.context, Tracer.ParentSpan))
  const { annotations, cause, level, message, timestamp } = Logger.formatStructured.log(options)
  const line = JSON.stringify({
    time: timestamp,
    level,
    message,
    ...annotations,
    cause,
    trace_id: span?.traceId,
    span_id: span?.spanId
  })
  Context.get(options.fiber.context, Console.Console).log(line)
})
