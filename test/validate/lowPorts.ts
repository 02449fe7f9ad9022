/** Free ports below those that the system gives to outgoing connections, so that none is taken before its process starts. */
import { Effect, Random } from "effect"
import { createServer } from "node:net"

const isFree = (port: number) =>
  Effect.callback<boolean>((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(false)))
    server.listen(port, "127.0.0.1", () => server.close(() => resume(Effect.succeed(true))))
  })

/** Consecutive ones. */
export const lowPorts = (count: number) =>
  Effect.gen(function*() {
    const first = yield* Random.nextIntBetween(20_000, 32_000 - count)
    const ports = Array.from({ length: count }, (_, index) => first + index)
    return { ports, free: (yield* Effect.forEach(ports, isFree)).every((free) => free) }
  }).pipe(
    Effect.repeat({ until: ({ free }) => free }),
    Effect.map(({ ports }) => ports)
  )
