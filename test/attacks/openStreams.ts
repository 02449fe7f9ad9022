/** Event streams that are opened and never read to their end, each on its own connection, until the scope closes. */
import { Effect } from "effect"
import { Agent, request } from "node:http"

/** Returns the statuses once each stream has one or was cut. */
export const openStreams = Effect.fnUntraced(function*(url: URL, key: string, streams: number) {
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() => new Agent({ keepAlive: false, maxSockets: Infinity })),
    (each) => Effect.sync(() => each.destroy())
  )
  const open = Effect.callback<number>((resume) => {
    const asked = request(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      response.on("error", () => {})
      if (response.statusCode !== 200) response.resume()
      resume(Effect.succeed(response.statusCode ?? 0))
    })
    asked.on("error", () => resume(Effect.succeed(0)))
    asked.end()
  })
  return yield* Effect.forEach(Array.from({ length: streams }), () => open, { concurrency: 25 })
})
