/** A page as sent over the wire, never decompressed, so that a flood of them costs the test less than the server. */
import { Effect } from "effect"
import { type Agent, request } from "node:http"

/** Reads to the end and discards it. Without an answer the status is 0. */
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
