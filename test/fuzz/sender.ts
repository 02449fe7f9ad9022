/** Sends requests over persistent connections, a few at a time, and returns the answers. */
import { Agent, request } from "node:http"
import { type Call, type Heard, mayWait } from "./Call.ts"

/** Requests that are meant to wait are abandoned soon; all others are awaited, however busy the machine is. */
const patience = (call: Call) => mayWait(call) ? 2_000 : 60_000

export interface Sender {
  readonly send: (call: Call) => Promise<Heard>
  readonly close: () => void
}

export const makeSender = (url: URL, concurrency: number): Sender => {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const attempt = (call: Call) =>
    new Promise<{ readonly heard: Heard; readonly reused: boolean }>((resolve) => {
      const outgoing = request({
        agent,
        host: url.hostname,
        port: url.port,
        method: call.method,
        path: call.path,
        headers: { ...call.headers, ...(call.body === undefined ? {} : { "content-length": call.body.length }) }
      })
      const timer = setTimeout(() => {
        resolve({ heard: "held", reused: false })
        outgoing.destroy()
      }, patience(call))
      const end = (heard: Heard) => {
        clearTimeout(timer)
        resolve({ heard, reused: outgoing.reusedSocket })
      }
      outgoing.on("error", () => end("lost"))
      outgoing.on("response", (response) => {
        if (response.headers["content-type"]?.startsWith("text/event-stream")) {
          end("held")
          return outgoing.destroy()
        }
        const parts: Array<Buffer> = []
        response.on("data", (part: Buffer) => parts.push(part))
        response.on("error", () => end("lost"))
        response.on("end", () =>
          end({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString("utf8")
          }))
      })
      outgoing.end(call.body)
    })
  return {
    send: async (call) => {
      const first = await attempt(call)
      // The server closed the connection at the same moment: the request never arrived.
      return first.heard === "lost" && first.reused ? (await attempt(call)).heard : first.heard
    },
    close: () => agent.destroy()
  }
}
