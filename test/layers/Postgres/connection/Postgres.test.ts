import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { createServer } from "node:net"
import { DatabasePostgres } from "../../../../layers/Postgres/connection/Postgres.ts"

const failure = (url: string) =>
  Layer.build(DatabasePostgres({ url: Redacted.make(url), maxConnections: 1, applicationName: "test", as: "service" }))
    .pipe(
      Effect.flip,
      Effect.map(({ message }) => message)
    )

/** Answers the first bytes of every connection with a fixed response. */
const answering = (bytes: Uint8Array) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const server = createServer((socket) => socket.once("data", () => socket.end(bytes)))
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ port, close: () => server.close() }))
      })
    }),
    (server) => Effect.sync(server.close)
  )

const refusal = (state: string, message: string) => {
  const fields = Buffer.from(`SFATAL\0C${state}\0M${message}\0\0`)
  const header = Buffer.from("E0000")
  header.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([header, fields])
}

describe("a Postgres that cannot be used stops the start with a sentence", () => {
  it.live("a Postgres that cannot be used stops the start with a sentence that names host and port when nothing listens there", () =>
    Effect.gen(function*() {
      const { close, port } = yield* answering(new Uint8Array())
      close()
      const message = yield* failure(`postgres://someone:hidden@127.0.0.1:${port}/db`)
      assert.strictEqual(
        message,
        `Cannot connect to Postgres at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}.`
      )
    }))

  it.live(
    "a Postgres that cannot be used stops the start with a sentence that has the server's message, but "
      + "not the password",
    () =>
      Effect.gen(function*() {
        const { port } = yield* answering(refusal("28P01", "password authentication failed for user \"someone\""))
        assert.strictEqual(
          yield* failure(`postgres://someone:hidden@127.0.0.1:${port}/db`),
          `Postgres at 127.0.0.1:${port} rejects the user or password in DATABASE_URL: `
            + "password authentication failed for user \"someone\". Special characters in a password must be percent-encoded."
        )
      })
  )

  it.live.each<readonly [string, string, string]>([
    ["22023", "role \"accessa_service\" does not exist", "has no role accessa_service: run `pnpm migrate` first."],
    ["42501", "permission denied to set role", "does not let the login of DATABASE_URL act as accessa_service."]
  ])("that says which right the login lacks (%s)", ([state, said, expected]) =>
    Effect.gen(function*() {
      const { port } = yield* answering(refusal(state, said))
      assert.include(yield* failure(`postgres://someone:hidden@127.0.0.1:${port}/db`), expected)
    }))

  it.live(
    "a Postgres that cannot be used stops the start with a sentence about TLS if the URL requires it and "
      + "the server has none",
    () =>
      Effect.gen(function*() {
        const { port } = yield* answering(Buffer.from("N"))
        const message = yield* failure(`postgres://someone:hidden@127.0.0.1:${port}/db?sslmode=require`)
        assert.include(message, "does not offer TLS, which sslmode in DATABASE_URL requires.")
      })
  )

  it.live.each(["", "localhost:5432", "mysql://someone:hidden@host/db"])(
    "about the URL %j",
    (url) =>
      Effect.gen(function*() {
        assert.strictEqual(
          yield* failure(url),
          "DATABASE_URL must be a URL like postgres://user:password@host:5432/database."
        )
      })
  )
})
