/** The document's schemas as TypeScript types, each under its name. */
import { isList, isObject, type Json, type JsonObject } from "../../src/api/openapi/json.ts"
import { nameOf, problemsIn } from "./schemas.ts"

export const typescriptTypes = (schemas: JsonObject): string => {
  const types = Object.entries(schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema, "")}\n`)
  const problem = `/** What the API answers instead: \`code\` tells the kinds apart. */\nexport type Problem =\n${
    problemsIn(schemas).map((name) => `  | ${name}\n`).join("")
  }`
  return `// Written by scripts/write-docs.ts from the contract.\n\n${types.join("\n")}\n${problem}`
}

const typeOf = (schema: Json, indent: string): string => {
  if (!isObject(schema)) return "unknown"
  const { $ref: ref, anyOf, enum: words, items, oneOf, type } = schema
  if (typeof ref === "string") return nameOf(ref)
  if (isList(words)) return words.map((word) => JSON.stringify(word)).join(" | ")
  if (schema["const"] !== undefined) return JSON.stringify(schema["const"])
  const options = anyOf ?? oneOf
  if (isList(options)) return options.map((each) => typeOf(each, indent)).join(" | ")
  switch (type) {
    case "string":
      return schema["format"] === "binary" ? "Blob" : "string"
    case "integer":
    case "number":
      return "number"
    case "boolean":
    case "null":
      return type
    case "array":
      return `ReadonlyArray<${typeOf(items, indent)}>`
    case "object":
      return isObject(schema["properties"])
        ? membersOf(schema["properties"], schema["required"], indent)
        : `Readonly<Record<string, ${
          isObject(schema["additionalProperties"]) ? typeOf(schema["additionalProperties"], indent) : "unknown"
        }>>`
    default:
      return "unknown"
  }
}

const membersOf = (properties: JsonObject, required: Json, indent: string): string => {
  const inner = `${indent}  `
  const members = Object.entries(properties).map(([name, schema]) => {
    const mark = isList(required) && required.includes(name) ? "" : "?"
    return `${inner}readonly ${name}${mark}: ${typeOf(schema, inner)}\n`
  })
  return `{\n${members.join("")}${indent}}`
}
