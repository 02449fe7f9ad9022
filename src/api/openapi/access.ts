/** Who may call an operation, said at the end of its description. */
import type { Route } from "../routes.ts"
import { type JsonObject, mapOperations } from "./json.ts"

export const describeAccess = (routes: ReadonlyArray<Route>, description: JsonObject): JsonObject =>
  mapOperations(description, (operation, id) => {
    const role = routes.find(({ name }) => name === id)?.role
    const said = typeof operation["description"] === "string" ? [operation["description"]] : []
    return { ...operation, description: [...said, whoMayCall(role)].join(" ") }
  })

const whoMayCall = (role: Route["role"]): string =>
  role === undefined
    ? "No caller may use it."
    : role === "open"
    ? "It needs no credential."
    : role === "admin"
    ? "It needs the role `admin`."
    : `It needs the role \`${role}\` or a higher one.`
