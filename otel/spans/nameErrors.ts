/** Gives each failed span the code and the class of its error. */
import { Cause, Exit, Option, Predicate, Tracer } from "effect"
import { spanAttributes } from "../names/attributes.ts"

const classes: Readonly<Record<string, string>> = {
  TransientError: "transient",
  PermanentError: "permanent",
  RecoverableError: "recoverable"
}

export const nameErrors = (tracer: Tracer.Tracer): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const span = tracer.span(options)
      if (!span.sampled) return span
      const end = span.end.bind(span)
      span.end = (at, exit) => {
        for (const [name, value] of Object.entries(errorOf(exit, span.attributes))) span.attribute(name, value)
        end(at, exit)
      }
      return span
    }
  })

const errorOf = (exit: Exit.Exit<unknown, unknown>, known: ReadonlyMap<string, unknown>) => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return {}
  const error = Option.getOrElse(Cause.findErrorOption(exit.cause), () => Cause.squash(exit.cause))
  const text = (name: string) =>
    Predicate.hasProperty(error, name) && typeof error[name] === "string" ? error[name] : undefined
  const tag = text("_tag") ?? text("name") ?? "Error"
  const errorClass = classes[tag]
  return spanAttributes({
    ...known.has("error.type") ? {} : { "error.type": text("code") ?? tag },
    ...errorClass === undefined ? {} : { "error.class": errorClass }
  })
}
