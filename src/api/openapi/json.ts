/** The OpenAPI document as it is rewritten: plain JSON. */
export type Json = string | number | boolean | null | undefined | ReadonlyArray<Json> | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const mapValues = (value: Json, change: (value: Json, key: string) => Json): JsonObject =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each, key)])) : {}

/** Every object in it, the innermost first. */
export const rewrite = (value: Json, change: (object: JsonObject) => Json): Json => {
  if (isList(value)) return value.map((each) => rewrite(each, change))
  return isObject(value) ? change(mapValues(value, (each) => rewrite(each, change))) : value
}

export const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

/** Changes each operation of the document. */
export const mapOperations = (
  description: JsonObject,
  change: (operation: JsonObject, name: string) => JsonObject
): JsonObject => ({
  ...description,
  paths: mapValues(
    description["paths"],
    (methods) =>
      mapValues(
        methods,
        (operation) => isObject(operation) ? change(operation, String(operation["operationId"])) : operation
      )
  )
})
