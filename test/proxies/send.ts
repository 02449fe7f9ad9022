/** A request through a proxy from one of this machine's addresses. */
import { Effect } from "effect"
import { Agent, request } from "node:http"
import type { StartedProxy } from "./startProxies.ts"

export interface Heard {
  /** 0 if the connection ended without an answer. */
  readonly status: number
  readonly body: string
}

interface Sent {
  readonly method?: "GET" | "POST"
  readonly path: string
  readonly key: string
  /** The client's own; 127.0.0.2 and so on are addresses of this machine on Linux. */
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export const makeClient = ({ port }: StartedProxy) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const send = ({ body, from, headers, key, method = "POST", path }: Sent) =>
    Effect.callback<Heard>((resume) => {
      const asked = request({
        agent,
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { authorization: `Bearer ${key}`, ...(body === undefined ? { "content-length": 0 } : {}), ...headers },
        ...(from === undefined ? {} : { localAddress: from })
      }, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (part: string) => text += part)
        response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, body: text })))
        response.on("error", () => resume(Effect.succeed({ status: 0, body: text })))
      })
      asked.on("error", (error) => resume(Effect.succeed({ status: 0, body: error.message })))
      asked.end(body)
    })
  return { send, close: Effect.sync(() => agent.destroy()) }
}
