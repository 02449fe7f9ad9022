/** A failed command: what happened, what to do about it, and the exit code that scripts rely on. */
import { Runtime, Schema } from "effect"
import { printable } from "./terminal/printable.ts"
import type { Style } from "./terminal/Style.ts"

const exitCodes = { failed: 1, usage: 2, notFound: 3, auth: 4, timeout: 5, inconclusive: 6 } as const

export class CommandFailure extends Schema.TaggedError<CommandFailure>()("CommandFailure", {
  exit: Schema.Literals(["failed", "usage", "notFound", "auth", "timeout", "inconclusive"]),
  /** Stable, so that scripts and searches can rely on it. */
  code: Schema.String,
  what: Schema.String,
  todo: Schema.String,
  correlationId: Schema.NullOr(Schema.String),
  /** Where the trace of the refused request can be looked at. */
  traceUrl: Schema.NullOr(Schema.String)
}) {
  override readonly [Runtime.errorExitCode] = exitCodes[this.exit]
  /** The CLI framework has already printed it. */
  override readonly [Runtime.errorReported] = false

  override get message() {
    return this.what
  }
}

/** Absent for failures found by the CLI itself: only the API has correlation ids. */
export const failure = (
  exit: CommandFailure["exit"],
  code: string,
  what: string,
  todo: string
): CommandFailure => new CommandFailure({ exit, code, what, todo, correlationId: null, traceUrl: null })

/** `✗ JOB_NOT_FOUND: There is no such job. · List the jobs … (correlation id …)` */
export const failureText = (error: CommandFailure, style: Style, subject = ""): string => {
  const correlation = error.correlationId === null
    ? ""
    : style.dim(` (correlation id ${printable(error.correlationId)})`)
  const trace = error.traceUrl === null ? "" : style.dim(` (trace ${printable(error.traceUrl)})`)
  const todo = error.todo === "" ? "" : ` · ${printable(error.todo)}`
  const about = subject === "" ? "" : `${printable(subject)}  `
  return `${style.red("✗")} ${about}${style.bold(printable(error.code))}: ${
    printable(error.what)
  }${todo}${correlation}${trace}`
}

export const failureRecord = (error: CommandFailure) => ({
  error: {
    code: error.code,
    detail: error.what,
    what_to_do: error.todo,
    correlation_id: error.correlationId,
    trace_url: error.traceUrl,
    exit_code: exitCodes[error.exit]
  }
})
