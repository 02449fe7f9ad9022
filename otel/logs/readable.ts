/** A log line for a person: the time, what happened, then the fields, dimmed on a terminal. */
import type { LogLevelName, LogLine } from "./LogLine.ts"

interface Style {
  readonly isColoured: boolean
  /** Fields that are on every line. */
  readonly hidden?: ReadonlyArray<string>
  /** Removes what could steer a terminal. */
  readonly clean?: (text: string) => string
}

const colours: Readonly<Record<LogLevelName, number>> = { TRACE: 2, DEBUG: 2, INFO: 32, WARN: 33, ERROR: 31, FATAL: 31 }

/** The message says them already, or the job's id leads to them. */
const alwaysHidden: ReadonlySet<string> = new Set(["from_status", "to_status", "document_id", "user_id", "span_id"])

export const readable = (
  { fields: { cause, ...fields }, level, message, service, time }: LogLine,
  { clean = (text) => text, hidden = [], isColoured }: Style
): string => {
  const paint = (code: number, text: string) => isColoured && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text
  const facts = Object.entries(fields)
    .filter(([name]) => !alwaysHidden.has(name) && !hidden.includes(name))
    .map(([name, value]) => clean(`${name}=${value}`))
  const parts = [
    paint(2, clean(time.slice(11, 24))),
    paint(colours[level], level.padEnd(5)),
    paint(2, clean(service)),
    clean(message),
    paint(2, facts.join(" "))
  ]
  const stack = cause === undefined ? [] : String(cause).split("\n").map((row) => `    ${clean(row)}`)
  return [parts.filter((part) => part !== "").join(" "), ...stack].join("\n")
}
