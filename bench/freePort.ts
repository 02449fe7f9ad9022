/** A port that nothing listens on, so that two benchmarks can run at once. */
import { Effect } from "effect"
import { createServer } from "node:net"

export const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() =>
      resume(
        address === null || typeof address === "string"
          ? Effect.die(new Error("The system gave no port."))
          : Effect.succeed(address.port)
      )
    )
  })
})
