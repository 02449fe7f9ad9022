/** Answers with a problem when Node's HTTP parser rejects a request, and tells its status. */
import { randomUUID } from "node:crypto"
import type { Server } from "node:http"
import { correlationHeader } from "../../api/Correlation.ts"
import { securityHeaders } from "../../policy/securityHeaders.ts"

export const refuseUnreadable = (server: Server, refused: (status: Refusal["status"]) => void): Server =>
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy()
    const { status, ...problem } = refusals[error.code ?? ""] ?? malformed
    refused(status)
    const correlation_id = randomUUID()
    const body = JSON.stringify({ ...problem, status: Number(status), class: "permanent", correlation_id })
    socket.end([
      `HTTP/1.1 ${status} ${problem.title.slice(0, -1)}`,
      "Connection: close",
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `${correlationHeader}: ${correlation_id}`,
      ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
      "",
      body
    ].join("\r\n"))
  })

/** As `BadRequest`, `HeadersTooLarge` and `RequestTimeout` are encoded; a test compares them. */
interface Refusal {
  readonly status: "400" | "408" | "431"
  readonly type: string
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors?: ReadonlyArray<never>
}

const malformed: Refusal = {
  status: "400",
  type: "urn:accessa:problem:bad-request",
  code: "BAD_REQUEST",
  title: "The request is malformed.",
  detail: "This is not a valid HTTP request.",
  errors: []
}

const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: "431",
    type: "urn:accessa:problem:headers-too-large",
    code: "HEADERS_TOO_LARGE",
    title: "The headers are larger than the limit.",
    detail: "The request line and headers together exceed 16 KB."
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408",
    type: "urn:accessa:problem:request-timeout",
    code: "REQUEST_TIMEOUT",
    title: "The request did not arrive in time.",
    detail: "Its headers or its body took longer than this server waits."
  }
}
