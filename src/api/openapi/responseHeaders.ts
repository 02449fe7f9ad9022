/** The headers of answers, which middleware sets. */
import type { Route } from "../routes.ts"
import { isObject, type JsonObject, mapOperations, mapValues } from "./json.ts"

const text = { type: "string" }

const responseHeaders: JsonObject = {
  "x-correlation-id": {
    description: "The request's id in logs, traces and rows: the caller's own if it sent a UUID.",
    schema: { type: "string", format: "uuid" }
  },
  "retry-after": {
    description: "Seconds after which the same request may succeed.",
    schema: { type: "integer", minimum: 1 }
  },
  "ratelimit-policy": {
    description: "The rate limit that the request counts against, such as `\"search\";q=300;w=60`.",
    schema: text
  },
  ratelimit: {
    description: "What remains of the limit, and the seconds until it is full again: `\"search\";r=299;t=1`.",
    schema: text
  },
  location: { description: "Where the job can be read.", schema: text },
  "www-authenticate": { description: "How to authenticate.", schema: text },
  "idempotency-replayed": {
    description: "`true` on the answer to a repeated request, which is the first one's.",
    schema: { type: "string", enum: ["true"] }
  }
}

const jobMade = new Set(["documents.upload", "uploads.complete"])

export const describeResponseHeaders = (routes: ReadonlyArray<Route>, description: JsonObject): JsonObject => {
  const described = mapOperations(description, (operation, id) => {
    const route = routes.find(({ name }) => name === id)
    return {
      ...operation,
      responses: mapValues(operation["responses"], (response, status) => {
        if (!isObject(response)) return response
        const ok = status.startsWith("2")
        const names = [
          "x-correlation-id",
          ...(route?.guarded === true && status !== "401" ? ["ratelimit-policy", "ratelimit"] : []),
          ...(ok && jobMade.has(id) ? ["location"] : []),
          ...(ok && route?.repeatable === true ? ["idempotency-replayed"] : []),
          ...(status === "401" && route?.guarded === true ? ["www-authenticate"] : []),
          ...(["409", "429", "503"].includes(status) ? ["retry-after"] : [])
        ]
        const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
        return { ...response, headers: { ...(isObject(response["headers"]) ? response["headers"] : {}), ...headers } }
      })
    }
  })
  const components = isObject(described["components"]) ? described["components"] : {}
  return { ...described, components: { ...components, headers: responseHeaders } }
}
