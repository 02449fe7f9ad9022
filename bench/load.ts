/** Sends requests to a server, so many at once, with as little work of its own as can be: server and sender share the cores. */
import { Effect } from "effect"
import { Agent, request } from "node:http"
import { RunFailed } from "./child.ts"

export interface Call {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Made anew for each request: the same bytes are a duplicate. */
  readonly body?: () => Buffer
}

export const makeSender = (port: string, atOnce: number) => {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  const send = ({ body, headers, method, path }: Call) =>
    new Promise<string>((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, method, path, agent, headers }, (response) => {
        const parts: Array<Buffer> = []
        response.on("data", (part: Buffer) => parts.push(part))
        response.on("end", () => {
          const said = Buffer.concat(parts).toString()
          if ((response.statusCode ?? 0) < 300) resolve(said)
          else reject(new Error(`${method} ${path} was answered with ${response.statusCode}: ${said}`))
        })
      })
      sent.on("error", reject)
      sent.end(body?.())
    })
  const promised = <A>(work: () => Promise<A>) =>
    Effect.tryPromise({ try: work, catch: (error) => new RunFailed({ message: String(error) }) })

  return {
    send: (call: Call) => promised(() => send(call)),
    /** How many were answered in that time. */
    sendFor: (call: Call, milliseconds: number) =>
      promised(async () => {
        const end = performance.now() + milliseconds
        let answered = 0
        const lane = async () => {
          for (; performance.now() < end; answered++) await send(call)
        }
        await Promise.all(Array.from({ length: atOnce }, lane))
        return answered
      })
  }
}
