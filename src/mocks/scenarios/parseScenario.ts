/** Reads a scenario's YAML; errors name the line and the field. */
import { Effect, Schema, SchemaIssue } from "effect"
import { isNode, LineCounter, parseDocument } from "yaml"
import { Scenario } from "./Scenario.ts"

export class ScenarioError extends Schema.TaggedError<ScenarioError>()("ScenarioError", {
  message: Schema.String
}) {}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): PropertyKey =>
  typeof part === "object" ? part.key : part

const fieldName = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((name, key) => typeof key === "number" ? `${name}[${key}]` : `${name}.${String(key)}`, "")
    .replace(/^\./, "")

export const parseScenario = Effect.fn("parseScenario")(function*(yaml: string) {
  const lines = new LineCounter()
  const document = parseDocument(yaml, { lineCounter: lines })
  const [syntax] = document.errors
  if (syntax !== undefined) return yield* new ScenarioError({ message: syntax.message })

  /** The line of the field, or of its nearest parent in the file. */
  const lineOf = (path: ReadonlyArray<PropertyKey>): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const say = (error: Schema.SchemaError): string =>
    format(error.issue).issues.map(({ message, path = [] }) => {
      const keys = path.map(keyOf)
      return `line ${lineOf(keys)}, ${fieldName(keys) || "the scenario"}: ${message}`
    }).join("\n")

  return yield* Schema.decodeUnknownEffect(Scenario)(document.toJS(), { errors: "all", onExcessProperty: "error" })
    .pipe(
      Effect.mapError((error) => new ScenarioError({ message: say(error) }))
    )
})
