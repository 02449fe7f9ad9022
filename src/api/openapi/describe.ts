/** The OpenAPI document: what Effect derives from the contract, made ready for the generators of clients. */
import type { Route } from "../routes.ts"
import { describeAccess } from "./access.ts"
import { describeBodies } from "./bodies.ts"
import { withExamples } from "./examples.ts"
import { isObject, type JsonObject } from "./json.ts"
import { nameSchemas } from "./nameSchemas.ts"
import { describeParameters } from "./parameters.ts"
import { describeResponseHeaders } from "./responseHeaders.ts"
import { simplify } from "./simplify.ts"

export const describe = (routes: ReadonlyArray<Route>, description: Record<string, unknown>): Record<string, unknown> =>
  isJson(description)
    ? withExamples(
      describeResponseHeaders(
        routes,
        nameSchemas(simplify(describeParameters(routes, describeAccess(routes, describeBodies(inPlace(description))))))
      )
    )
    : description

const isJson = (value: unknown): value is JsonObject => isObject(value)

/** The document is served by the API that it describes. */
const inPlace = (description: JsonObject): JsonObject => ({
  ...description,
  info: {
    ...(isObject(description["info"]) ? description["info"] : {}),
    contact: { name: "The operator of this installation" },
    license: { name: "Apache-2.0", identifier: "Apache-2.0" }
  },
  servers: [{ url: "/", description: "The API that serves this document." }]
})
