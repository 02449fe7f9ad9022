/** The schemas of the API's description, read as any generator of clients reads them. */
import { OpenApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { isObject, type Json, type JsonObject } from "../../src/api/openapi/json.ts"

export const schemasOfApi = (): JsonObject => {
  const document: Json = JSON.parse(JSON.stringify(OpenApi.fromApi(Api)))
  const components = isObject(document) ? document["components"] : undefined
  const schemas = isObject(components) ? components["schemas"] : undefined
  return isObject(schemas) ? schemas : {}
}

export const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1)

/** The schemas of `application/problem+json`. */
export const problemsIn = (schemas: JsonObject): ReadonlyArray<string> =>
  Object.entries(schemas).flatMap(([name, schema]) => {
    const properties = isObject(schema) ? schema["properties"] : undefined
    return isObject(properties) && "code" in properties && "title" in properties && "type" in properties ? [name] : []
  })
