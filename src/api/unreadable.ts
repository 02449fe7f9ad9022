/** Turns a schema error into a problem that points at the invalid value. */
import { type Schema, SchemaIssue } from "effect"
import { BadRequest } from "./Problem.ts"

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** `slot` is the part of the request that was read: `params`, `query`, `headers` or `payload`. */
export const unreadable = (slot: string, error: Schema.SchemaError): BadRequest => {
  const errors = formatIssues(error.issue).issues.map(({ message, path = [] }) => ({
    pointer: ["", slot, ...path.map((step) => escape(typeof step === "object" ? step.key : step))].join("/"),
    detail: message
  }))
  return new BadRequest({ code: "BAD_REQUEST", detail: "The request contains invalid values.", errors })
}

const escape = (step: PropertyKey): string => String(step).replaceAll("~", "~0").replaceAll("/", "~1")
