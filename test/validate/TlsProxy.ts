/** A proxy that ends TLS in front of a server, and that a test can make misbehave. */
import { Effect, type Scope } from "effect"
import { type IncomingHttpHeaders, request as forward } from "node:http"
import { createServer } from "node:https"
import type { Certificate } from "./Authority.ts"

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}

export interface TlsProxy {
  readonly url: URL
  /** Answers instead of the server. */
  instead: (asked: Asked) => Reply | undefined
  /** Changes the headers of the server's answers. */
  headers: (headers: IncomingHttpHeaders) => IncomingHttpHeaders
  readonly present: (certificate: Certificate) => void
}

export const startTlsProxy = (
  address: string,
  target: URL,
  certificate: Certificate
): Effect.Effect<TlsProxy, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<{ readonly proxy: TlsProxy; readonly close: () => void }>((resume) => {
      const server = createServer(certificate, (request, response) => {
        const { headers, method = "GET", url: path = "/" } = request
        const reply = proxy.instead({ method, path, headers })
        if (reply !== undefined) {
          request.resume()
          response.writeHead(reply.status, { "content-type": reply.type }).end(reply.body)
          return
        }
        const onward = forward(
          { host: target.hostname, port: target.port, method, path, headers },
          (answer) => {
            response.writeHead(answer.statusCode ?? 502, proxy.headers(answer.headers))
            answer.pipe(response)
          }
        )
        onward.on("error", () => response.destroy())
        response.on("close", () => onward.destroy())
        request.pipe(onward)
      })
      const proxy: TlsProxy = {
        url: new URL(`https://${address}`),
        instead: () => undefined,
        headers: (headers) => headers,
        present: (other) => server.setSecureContext(other)
      }
      server.listen(0, address, () => {
        const bound = server.address()
        proxy.url.port = String(typeof bound === "object" ? bound?.port ?? 0 : 0)
        const close = () => {
          server.close()
          server.closeAllConnections()
        }
        resume(Effect.succeed({ proxy, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ proxy }) => proxy))
