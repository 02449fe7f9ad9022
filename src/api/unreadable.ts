/** Turns what is wrong with a request into a problem that points at each wrong value. */
import { type Schema, SchemaAST, SchemaIssue } from "effect"
import { nearestName } from "../domain/nearestName.ts"
import { escapePointer } from "../domain/pointer.ts"
import { BadRequest, type RequestFault } from "./Problem.ts"

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** `slot` is the part of the request that was read: `params`, `query`, `headers` or `payload`. */
export const unreadable = (slot: string, { issue }: Schema.SchemaError): BadRequest => {
  const unknown = new Map(unknownIn(issue, [slot]))
  return malformedRequest(
    formatIssues(issue).issues.map(({ message, path = [] }) => {
      const pointer = pointerTo(slot, ...path.map((step) => typeof step === "object" ? step.key : step))
      return { pointer, detail: unknown.get(pointer) ?? message }
    })
  )
}

export const malformedRequest = (errors: ReadonlyArray<RequestFault>): BadRequest =>
  new BadRequest({ code: "BAD_REQUEST", detail: "The request contains invalid values.", errors })

export const pointerTo = (...steps: ReadonlyArray<PropertyKey>): string =>
  steps.map((step) => `/${escapePointer(String(step))}`).join("")

/** What to say of a name that the contract does not know, with the nearest one that it does. */
export const unknownName = (name: string, known: ReadonlyArray<string>): string => {
  const nearest = nearestName(name, known, 3)
  if (nearest !== undefined) return `Unknown. Did you mean ${nearest}?`
  return known.length === 0 ? "Unknown: nothing is expected here." : `Unknown. Expected here: ${known.join(", ")}.`
}

/** Each unknown name by its pointer. */
const unknownIn = (
  issue: SchemaIssue.Issue,
  path: ReadonlyArray<PropertyKey>
): ReadonlyArray<readonly [pointer: string, detail: string]> => {
  switch (issue._tag) {
    case "UnexpectedKey":
      return [[pointerTo(...path), unknownName(String(path.at(-1)), namesIn(issue.ast))]]
    case "Pointer":
      return unknownIn(issue.issue, [...path, ...issue.path])
    case "Filter":
    case "Encoding":
      return unknownIn(issue.issue, path)
    case "Composite":
    case "AnyOf":
      return issue.issues.flatMap((each) => unknownIn(each, path))
    default:
      return []
  }
}

/** The names of an object's members. */
const namesIn = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.map(({ name }) => String(name)) : []
