/** The server listens before its routes are built: requests in between get a 503 instead of no answer. */
import { randomUUID } from "node:crypto"
import type { RequestListener, Server } from "node:http"
import { correlationHeader } from "../../api/Correlation.ts"
import { securityHeaders } from "../../policy/securityHeaders.ts"

export const refuseEarly = (server: Server): Server => {
  server.on("request", refuse)
  return server.on("newListener", (event: string) => {
    if (event === "request") server.off("request", refuse)
  })
}

const refuse: RequestListener = (request, response) => {
  const correlation_id = randomUUID()
  request.resume()
  response.writeHead(503, {
    ...securityHeaders,
    "content-type": "application/problem+json",
    "retry-after": "1",
    [correlationHeader]: correlation_id
  })
  response.end(JSON.stringify({
    type: "urn:accessa:problem:not-ready",
    title: "The service is not ready.",
    status: 503,
    detail: "It is starting up.",
    code: "NOT_READY",
    class: "recoverable",
    correlation_id,
    retry_after_s: 1
  }))
}
