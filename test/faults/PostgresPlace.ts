/**
 * Where the cases' databases are created: on the suite's own server, otherwise on that of `DATABASE_URL`, otherwise
 * embedded.
 */
import { Config, Context, Effect, Layer, Option } from "effect"
import { createServer } from "node:net"
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
      if (programs !== undefined) {
        const server = yield* startPostgres(programs, yield* freePort)
        return { url: server.url, server }
      }
      const url = Option.getOrUndefined(yield* Config.option(Config.String("DATABASE_URL")))
      return url === undefined ? undefined : { url }
    })
  )
}

export const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})
