/** In front of the mock OpenAI, which takes any key: refuses every key but those that it knows, as OpenAI does. */
import { Effect } from "effect"
import { createServer, request } from "node:http"

interface Options {
  readonly host: string
  /** Of the mock. */
  readonly port: number
  /** Those that it knows now. */
  readonly keys: ReadonlySet<string>
  /** Zero: any that is free, on this machine alone. */
  readonly listen: number
}

export const startKeyGuard = ({ host, keys, listen, port }: Options) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer((incoming, answer) => {
        if (
          incoming.url?.startsWith("/v1/") === true &&
          !keys.has(incoming.headers.authorization?.replace("Bearer ", "") ?? "")
        ) {
          incoming.resume()
          answer.writeHead(401, { "content-type": "application/json" })
          answer.end(JSON.stringify({
            error: {
              message: "Incorrect API key provided.",
              type: "invalid_request_error",
              param: null,
              code: "invalid_api_key"
            }
          }))
          return
        }
        const { headers, method, url } = incoming
        const passed = request({ port, host, method, path: url, headers }, (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers)
          response.pipe(answer)
        })
        passed.on("error", () => answer.destroy())
        incoming.pipe(passed)
      })
      server.listen(listen, listen === 0 ? "127.0.0.1" : "0.0.0.0", () => {
        const address = server.address()
        const bound = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({
          url: `http://127.0.0.1:${bound}/`,
          close: () => {
            server.close()
            server.closeAllConnections()
          }
        }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )
