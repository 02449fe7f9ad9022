/** The document's schemas as Python types for the standard library's `typing`, each under its name. */
import { isList, isObject, type Json, type JsonObject } from "../../src/api/openapi/json.ts"
import { nameOf } from "./schemas.ts"

const head = `# Written by scripts/write-docs.ts from the contract.
"""The schemas of the Accessa Ingestion API."""
from typing import Any, Literal, NotRequired, TypedDict, Union

`

export const pythonTypes = (schemas: JsonObject): string =>
  head + Object.entries(schemas).map(([name, schema]) => definition(name, schema)).join("\n")

const definition = (name: string, schema: Json): string => {
  if (!isObject(schema) || !isObject(schema["properties"])) return `${name} = ${typeOf(schema)}\n`
  const { properties, required } = schema
  const members = Object.entries(properties).map(([member, each]) => {
    const type = typeOf(each)
    const given = isList(required) && required.includes(member) ? type : `NotRequired[${type}]`
    return `    ${JSON.stringify(member)}: ${given},\n`
  })
  return `${name} = TypedDict("${name}", {\n${members.join("")}})\n`
}

/** Names are quoted, because a type may be defined further down. */
const typeOf = (schema: Json): string => {
  if (!isObject(schema)) return "Any"
  const { $ref: ref, anyOf, enum: words, items, oneOf, type } = schema
  if (typeof ref === "string") return JSON.stringify(nameOf(ref))
  if (isList(words)) return `Literal[${words.map(literal).join(", ")}]`
  if (schema["const"] !== undefined) return `Literal[${literal(schema["const"])}]`
  const options = anyOf ?? oneOf
  if (isList(options)) return `Union[${options.map(typeOf).join(", ")}]`
  switch (type) {
    case "string":
      return schema["format"] === "binary" ? "bytes" : "str"
    case "integer":
      return "int"
    case "number":
      return "float"
    case "boolean":
      return "bool"
    case "null":
      return "None"
    case "array":
      return `list[${typeOf(items)}]`
    case "object":
      return `dict[str, ${isObject(schema["additionalProperties"]) ? typeOf(schema["additionalProperties"]) : "Any"}]`
    default:
      return "Any"
  }
}

const literal = (value: Json): string =>
  value === null ? "None" : typeof value === "boolean" ? (value ? "True" : "False") : JSON.stringify(value)
