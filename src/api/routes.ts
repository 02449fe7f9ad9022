/**
 * Every route of the contract with the access rules from its annotations and middleware: the one table of who may call
 * what.
 */
import { Context, Option } from "effect"
import { HttpApi, type HttpApiGroup } from "effect/http-api"
import { atLeast, type Role } from "../domain/Principal.ts"
import { OnBehalf, RequiredRole } from "./annotations.ts"
import { Idempotency } from "./Idempotency.ts"

export interface Route {
  /** `group.endpoint`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly role: Role | "open" | undefined
  readonly onBehalf: boolean
  /** A request with an `Idempotency-Key` is carried out once. */
  readonly repeatable: boolean
}

export const routesOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ReadonlyArray<Route> => {
  const routes: Array<Route> = []
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group, mergedAnnotations, middleware }) => {
      routes.push({
        name: `${group.identifier}.${endpoint.identifier}`,
        method: endpoint.method,
        path: endpoint.path.length > 1 ? endpoint.path.replace(/\/$/, "") : endpoint.path,
        role: Option.getOrUndefined(Context.getOption(mergedAnnotations, RequiredRole)),
        onBehalf: Context.get(mergedAnnotations, OnBehalf),
        repeatable: endpoint.method === "POST" && [...middleware].some(({ key }) => key === Idempotency.key)
      })
    }
  })
  return routes
}

/** A route without a role is open to no caller. */
export const mayCall = (needed: Route["role"], role: Role): boolean =>
  needed === "open" || (needed !== undefined && atLeast(role, needed))
