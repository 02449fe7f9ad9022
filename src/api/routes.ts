/**
 * Every route of the contract with the access rules from its annotations and middleware: the one table of who may call
 * what.
 */
import { Context, Option, Schema, SchemaAST } from "effect"
import { HttpApi, type HttpApiGroup } from "effect/http-api"
import { atLeast, type Role } from "../domain/Principal.ts"
import { Access } from "./Access.ts"
import { OnBehalf, RequiredRole } from "./annotations.ts"
import { Idempotency } from "./Idempotency.ts"
import { isObject, type JsonObject } from "./openapi/json.ts"

export interface Route {
  /** `group.endpoint`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly role: Role | "open" | undefined
  readonly onBehalf: boolean
  /** A request with an `Idempotency-Key` is carried out once. */
  readonly repeatable: boolean
  /** A credential is required. */
  readonly guarded: boolean
  /** The query parameters by name; `many`: may be repeated. */
  readonly query: ReadonlyMap<string, "one" | "many">
  /** The parameters that are numbers, with their JSON schemas. */
  readonly numbers: ReadonlyMap<string, JsonObject>
  /** `none`: a body with members is refused. `raw`: the bytes are read by the handler. */
  readonly body: "none" | "json" | "form" | "raw"
}

export const routesOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ReadonlyArray<Route> => {
  const routes: Array<Route> = []
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group, mergedAnnotations, middleware }) => {
      const onBehalf = Context.get(mergedAnnotations, OnBehalf)
      routes.push({
        name: `${group.identifier}.${endpoint.identifier}`,
        method: endpoint.method,
        path: endpoint.path.length > 1 ? endpoint.path.replace(/\/$/, "") : endpoint.path,
        role: Option.getOrUndefined(Context.getOption(mergedAnnotations, RequiredRole)),
        onBehalf,
        repeatable: endpoint.method === "POST" && [...middleware].some(({ key }) => key === Idempotency.key),
        guarded: [...middleware].some(({ key }) => key === Access.key),
        query: new Map([...parametersOf(endpoint.query), ...(onBehalf ? [["user_id", "one"] as const] : [])]),
        numbers: new Map([endpoint.params, endpoint.query, endpoint.headers].flatMap(numbersOf)),
        body: bodyOf([...endpoint.payload.values()].map(({ encoding }) => encoding._tag))
      })
    }
  })
  return routes
}

const parametersOf = (query: Schema.Constraint | undefined): ReadonlyArray<readonly [string, "one" | "many"]> => {
  const ast = query === undefined ? undefined : SchemaAST.toEncoded(query.ast)
  return ast === undefined || !SchemaAST.isObjects(ast)
    ? []
    : ast.propertySignatures.map(({ name, type }) => [String(name), isList(type) ? "many" : "one"])
}

/** They arrive as text, so the schema's own description would be one of a text. */
const numbersOf = (parameters: Schema.Constraint | undefined): ReadonlyArray<readonly [string, JsonObject]> => {
  const ast = parameters === undefined ? undefined : SchemaAST.toType(parameters.ast)
  if (ast === undefined || !SchemaAST.isObjects(ast)) return []
  return ast.propertySignatures.flatMap(({ name, type }) => {
    const number = SchemaAST.isUnion(type) ? type.types.find(SchemaAST.isNumber) : type
    if (number === undefined || !SchemaAST.isNumber(number)) return []
    const { schema } = Schema.toJsonSchemaDocument(Schema.make(number))
    return isObject(schema) ? [[String(name), schema] as const] : []
  })
}

const isList = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isArrays(ast) || (SchemaAST.isUnion(ast) && ast.types.some(isList))

const bodyOf = ([encoding]: ReadonlyArray<string>): Route["body"] => {
  switch (encoding) {
    case undefined:
      return "none"
    case "Json":
      return "json"
    case "Multipart":
      return "form"
    default:
      return "raw"
  }
}

/** A route without a role is open to no caller. */
export const mayCall = (needed: Route["role"], role: Role): boolean =>
  needed === "open" || (needed !== undefined && atLeast(role, needed))
