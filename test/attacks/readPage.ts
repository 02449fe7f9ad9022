/** A page as it comes over the wire, unpacked by nobody: a flood of them must not cost the judge more than the judged. */
import { Effect } from "effect"
import { type Agent, request } from "node:http"

/** Read to its end and thrown away. Without an answer the status is 0. */
export const readPage = (url: URL, agent: Agent, headers: Readonly<Record<string, string>>) =>
  Effect.callback<{ readonly status: number; readonly bytes: number }>((resume) => {
    const asked = request(url, { agent, headers }, (response) => {
      let bytes = 0
      response.on("data", (part: Buffer) => {
        bytes += part.length
      })
      response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, bytes })))
      response.on("error", () => resume(Effect.succeed({ status: 0, bytes })))
    })
    asked.on("error", () => resume(Effect.succeed({ status: 0, bytes: 0 })))
    asked.end()
    return Effect.sync(() => asked.destroy())
  })
