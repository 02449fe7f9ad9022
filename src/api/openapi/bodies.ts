/** Any JSON body may be too large, or of another type. The server refuses it before the route, whose contract need not name that. */
import { isObject, type Json, type JsonObject, mapOperations } from "./json.ts"

export const describeBodies = (description: JsonObject): JsonObject => {
  const responses = valuesOf(description["paths"]).flatMap(valuesOf).map((operation) => at(operation, "responses"))
  const declared = (status: string) => [status, responses.map((each) => at(each, status)).find(isObject)] as const
  const refusals = Object.fromEntries([declared("413"), declared("415")])
  return mapOperations(description, (operation) => {
    const { requestBody, responses } = operation
    return at(at(requestBody, "content"), "application/json") === undefined || !isObject(responses)
      ? operation
      : { ...operation, responses: { ...refusals, ...responses } }
  })
}

const at = (value: Json, name: string): Json => isObject(value) ? value[name] : undefined

const valuesOf = (value: Json): ReadonlyArray<Json> => isObject(value) ? Object.values(value) : []
