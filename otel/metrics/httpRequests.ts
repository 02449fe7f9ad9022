/** Measures every request of a server. */
import { Effect, Exit } from "effect"
import { HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { timed } from "./record.ts"

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const
const statuses = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const

const statusOf = <E>(exit: Exit.Exit<HttpServerResponse.HttpServerResponse, E>) =>
  statuses[Exit.isSuccess(exit) ? Math.floor(exit.value.status / 100) - 1 : 4] ?? "5xx"

export const httpRequests = HttpRouter.middleware(
  (app) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      const method = methods.find((each) => each === request.method) ?? "other" as const
      return app.pipe(timed("accessa_http_request_seconds", (exit) => ({ method, status: statusOf(exit) })))
    }),
  { global: true }
)
