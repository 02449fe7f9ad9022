/** A minimal vendor: an HTTP server on a free port with the test's answers, for as long as its scope. */
import { Effect, type Scope } from "effect"
import { createServer, type IncomingHttpHeaders } from "node:http"

export interface StubRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Of the client: one for each connection. */
  readonly port: number | undefined
}

export interface StubAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Anything but text and bytes is sent as JSON. */
  readonly body?: unknown
}

/** `hang` never answers, `stall` begins its body and never ends it, `reset` cuts the connection, `cut` does so within the body. */
export type StubBehaviour = StubAnswer | "hang" | "stall" | "reset" | "cut"

export interface StubEvents {
  readonly onData?: (part: Buffer) => void
  /** Whether it reads on, asked after each part of a body; once it does not, the request is never answered. */
  readonly readsOn?: (request: Pick<StubRequest, "method" | "url">) => boolean
  readonly onClosed?: () => void
}

export const serveStub = (
  answer: (request: StubRequest) => StubBehaviour,
  { onClosed, onData, readsOn }: StubEvents = {}
): Effect.Effect<URL, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: URL; readonly close: () => void }>((resume) => {
      const server = createServer((request, response) => {
        const parts: Array<Buffer> = []
        const method = request.method ?? ""
        const url = new URL(request.url ?? "/", "http://stub")
        response.on("close", () => onClosed?.())
        request.on("data", (part: Buffer) => {
          parts.push(part)
          onData?.(part)
          if (readsOn?.({ method, url }) === false) request.pause()
        })
        request.on("end", () => {
          const body = Buffer.concat(parts)
          const reply = answer({ method, url, headers: request.headers, body, port: request.socket.remotePort })
          if (reply === "hang") return
          if (reply === "reset") return request.socket.destroy()
          if (reply === "cut" || reply === "stall") {
            response.writeHead(200, { "content-type": "application/json", "content-length": "1000" })
            return response.write("{", () => void (reply === "cut" && request.socket.destroy()))
          }
          const raw = typeof reply.body === "string" || reply.body instanceof Uint8Array
          response.writeHead(reply.status, { "content-type": raw ? "text/html" : "application/json", ...reply.headers })
          response.end(raw ? reply.body : JSON.stringify(reply.body ?? {}))
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" ? address?.port : undefined
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ url: new URL(`http://127.0.0.1:${port}`), close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ url }) => url))
