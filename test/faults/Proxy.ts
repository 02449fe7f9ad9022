/**
 * A TCP proxy between a process and its peer: the connection can be cut, go silent, become slow or be reset, and its
 * traffic can be observed. An observer may hold a message back for as long as it likes, in either direction.
 */
import { Effect, type Scope } from "effect"
import { connect, createServer, type Server, type Socket } from "node:net"
import { setTimeout } from "node:timers/promises"

/**
 * `hold`: connections stay open, but nothing passes (half-open). `cut`: closed, and no new ones. `slow`: each piece is
 * delayed by this much.
 */
type Line = "pass" | "hold" | "cut" | { readonly slowMillis: number }

type Direction = "there" | "back"

/** Called with each piece before it passes, in order; the piece waits for the promise. */
export type Watch = (direction: Direction, bytes: Buffer, connection: number) => Promise<void> | void

export interface Proxy {
  readonly port: number
  readonly set: (line: Line) => Effect.Effect<void>
  /** Every connection ends with a RST. */
  readonly reset: Effect.Effect<void>
  readonly watch: (watch: Watch | undefined) => Effect.Effect<void>
}

export const startProxy = (target: number): Effect.Effect<Proxy, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Running>((resume) => {
        const running = listen(target)
        running.server.listen(0, "127.0.0.1", () => resume(Effect.succeed(running)))
      }),
      (running) =>
        Effect.sync(() => {
          running.server.close()
          for (const socket of running.sockets) socket.destroy()
        })
    ),
    (running) => ({
      port: portOf(running.server),
      set: (line) => Effect.sync(() => running.set(line)),
      reset: Effect.sync(() => {
        for (const socket of running.sockets) socket.resetAndDestroy()
      }),
      watch: (watch) =>
        Effect.sync(() => {
          running.watch = watch
        })
    })
  )

interface Running {
  readonly server: Server
  readonly sockets: Set<Socket>
  readonly set: (line: Line) => void
  watch: Watch | undefined
}

const listen = (target: number): Running => {
  let line: Line = "pass"
  let opened = Promise.withResolvers<void>()
  let count = 0
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => socket.destroy())
    socket.setNoDelay(true)
  }
  const carry = async (direction: Direction, from: Socket, to: Socket, connection: number) => {
    for await (const bytes of from) {
      await running.watch?.(direction, bytes, connection)
      if (typeof line === "object") await setTimeout(line.slowMillis)
      for (let held = line === "hold"; held; held = line === "hold") await opened.promise
      if (to.destroyed) break
      if (!to.write(bytes)) await Promise.race([drained(to), closed(to)])
    }
    to.end()
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (line === "cut") return client.destroy()
    const connection = count++
    const upstream = connect({ host: "127.0.0.1", port: target, allowHalfOpen: true })
    track(client)
    track(upstream)
    client.on("close", () => upstream.destroy())
    upstream.on("close", () => client.destroy())
    // A broken connection ends both ways by `close`.
    carry("there", client, upstream, connection).catch(() => upstream.destroy())
    carry("back", upstream, client, connection).catch(() => client.destroy())
  })
  const running: Running = {
    server,
    sockets,
    watch: undefined,
    set: (next) => {
      line = next
      if (next !== "hold") {
        opened.resolve()
        opened = Promise.withResolvers()
      }
      if (next === "cut") { for (const socket of sockets) socket.destroy() }
    }
  }
  return running
}

const drained = (socket: Socket) => new Promise<void>((done) => socket.once("drain", () => done()))
const closed = (socket: Socket) => new Promise<void>((done) => socket.once("close", () => done()))

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}
