/** Where the cases' databases are created: on the suite's own server, on that of `DATABASE_URL`, or embedded. */
import { Config, Context, Effect, Layer, Option } from "effect"
import { createServer } from "node:net"
import { pid } from "node:process"
import { postgresPrograms, type PostgresServer, startPostgres } from "./PostgresServer.ts"

export interface Database {
  readonly url: string
  /** One that may be stopped. */
  readonly server?: PostgresServer
}

export class PostgresPlace extends Context.Service<PostgresPlace, Database | undefined>()(
  "accessa/test/faults/PostgresPlace"
) {
  static readonly layer = Layer.effect(
    PostgresPlace,
    Effect.gen(function*() {
      const programs = yield* postgresPrograms
      if (programs === undefined) return yield* given
      const server = yield* startPostgres(programs, yield* freePort)
      return { url: server.url, server }
    })
  )

  /** For cases that stop no server: on that of `DATABASE_URL`, if there is one. */
  static readonly shared = Layer.unwrap(
    Effect.map(
      Effect.suspend(() => given),
      (place) => place === undefined ? PostgresPlace.layer : Layer.succeed(PostgresPlace, place)
    )
  )

  /** On that of `DATABASE_URL`, or else embedded. */
  static readonly given = Layer.effect(PostgresPlace, Effect.suspend(() => given))
}

const given = Effect.gen(function*() {
  const url = Option.getOrUndefined(yield* Config.option(Config.String("DATABASE_URL")))
  return url === undefined ? undefined : { url }
})

// A process begins in a block of its own: two that begin anywhere pick the same port, now and then, before either listens.
let picked = pid * 64

const tryPort = Effect.callback<number, Error>((resume) => {
  const port = 11_000 + picked++ % 9_000
  const server = createServer()
  server.once("error", (cause) => resume(Effect.fail(cause)))
  server.listen(port, "127.0.0.1", () => server.close(() => resume(Effect.succeed(port))))
})

/** Below those that systems give to outgoing connections: one of them could take the port before it is used. A machine without a free port among a hundred is a defect. */
export const freePort = Effect.orDie(Effect.retry(tryPort, { times: 100 }))
