/** Answers with a problem when Node's HTTP parser rejects a request. */
import { randomUUID } from "node:crypto"
import type { Server } from "node:http"
import { correlationHeader } from "../../api/Correlation.ts"
import { securityHeaders } from "../../policy/securityHeaders.ts"

export const refuseUnreadable = (server: Server): Server =>
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy()
    const { code, detail, status, title } = refusals[error.code ?? ""] ?? malformed
    const correlation_id = randomUUID()
    const type = `urn:accessa:problem:${code.toLowerCase().replaceAll("_", "-")}`
    const body = JSON.stringify({ type, title, status, detail, code, class: "permanent", correlation_id })
    socket.end([
      `HTTP/1.1 ${status} ${title.slice(0, -1)}`,
      "Connection: close",
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `${correlationHeader}: ${correlation_id}`,
      ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
      "",
      body
    ].join("\r\n"))
  })

const malformed = {
  status: 400,
  code: "BAD_REQUEST",
  title: "The request is malformed.",
  detail: "This is not a valid HTTP request."
}

const refusals: Readonly<Record<string, typeof malformed>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "HEADERS_TOO_LARGE",
    title: "The request is larger than the limit.",
    detail: "The request line and headers together exceed 16 KB."
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "REQUEST_TIMEOUT",
    title: "The request did not arrive in time.",
    detail: "Its headers took longer than a minute, or its body longer than an hour."
  }
}
