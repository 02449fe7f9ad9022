/**
 * What generators cannot use or take for more than it is: bounds that every double has, patterns beside a format, patterns
 * that RE2 cannot read, and closed responses, which a new member would break.
 */
import { isList, isObject, type Json, type JsonObject, mapOperations, rewrite } from "./json.ts"

export const simplify = (description: JsonObject): JsonObject => {
  const plain = rewrite(description, withoutNoise)
  return isObject(plain)
    ? mapOperations(
      {
        ...plain,
        components: { ...objectIn(plain["components"]), schemas: open(objectIn(plain["components"])["schemas"]) }
      },
      (operation) => ({ ...operation, responses: open(operation["responses"]) })
    )
    : description
}

const objectIn = (value: Json): JsonObject => isObject(value) ? value : {}

const withoutNoise = (schema: JsonObject): Json => {
  const { anyOf, maximum, minimum, pattern, "x-effect-stream": _, ...rest } = schema
  const only = onlyNumber(schema)
  if (only !== undefined) return only
  return {
    ...rest,
    ...(isList(anyOf) ? { anyOf: nullLast(anyOf) } : {}),
    ...(minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? {} : { minimum }),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
    ...(isUsable(schema) ? { pattern } : {})
  }
}

/** As people and generators expect it: our schemas try null first (src/domain/nullFirst.ts). */
const nullLast = (types: ReadonlyArray<Json>): ReadonlyArray<Json> =>
  types.toSorted((a, b) => Number(isNull(a)) - Number(isNull(b)))

const isNull = (schema: Json): boolean => isObject(schema) && schema["type"] === "null"

const isUsable = ({ format, pattern }: JsonObject): boolean =>
  pattern !== undefined && !(typeof pattern === "string" && (format !== undefined || pattern.includes("\\ud800")))

/** A number that JSON may also spell as a string. */
const onlyNumber = ({ anyOf }: JsonObject): Json => {
  if (!isList(anyOf)) return undefined
  const [number, text] = anyOf
  return isObject(number) && number["type"] === "number" && isObject(text) && isList(text["enum"])
      && text["enum"].includes("NaN")
    ? number
    : undefined
}

const open = (value: Json): Json =>
  rewrite(
    value,
    ({ additionalProperties, ...schema }) =>
      additionalProperties === false || additionalProperties === undefined
        ? schema
        : { ...schema, additionalProperties }
  )
