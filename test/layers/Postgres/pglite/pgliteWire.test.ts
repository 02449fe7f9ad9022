/** Several connections on PGlite's one session, in cases where sharing it could show. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, FileSystem, Layer, Queue, Schedule } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import { Duplex, Transform } from "node:stream"
import { openPglite } from "../../../../layers/Postgres/pglite/openPglite.ts"
import { pgliteClient } from "../../../../layers/Postgres/pglite/pgliteClient.ts"
import { makePgliteServer, type PgliteServer } from "../../../../layers/Postgres/pglite/pgliteWire.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { copyPgliteTemplate } from "../../../support/databases/PgliteCopy.ts"

class Server extends Context.Service<Server, PgliteServer>()("test/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      yield* copyPgliteTemplate(`${directory}/data`)
      return yield* Effect.acquireRelease(
        Effect.promise(async () => makePgliteServer(await openPglite(`${directory}/data`))),
        (server) => Effect.promise(server.close)
      )
    })
  ).pipe(Layer.provideMerge(Layer.merge(NodeServices.layer, Reactivity.layer)))
}

/** Connects one more client, which disconnects when the scope closes. */
const client = Effect.flatMap(Server, ({ connect }) => pgliteClient({ stream: connect }))

const createTable = (sql: SqlClient.SqlClient, name: string) =>
  asOwner(Effect.andThen(sql`CREATE TABLE ${sql(name)} (n int)`, sql`GRANT ALL ON ${sql(name)} TO accessa_service`))
    .pipe(
      Effect.provideService(SqlClient.SqlClient, sql)
    )

layer(Server.layer, { excludeTestServices: true })("PGlite's one session", (it) => {
  it.effect("PGlite's one session belongs to a transaction until it ends, whatever other connections send", () =>
    Effect.gen(function*() {
      const { connect } = yield* Server
      const one = yield* client
      const asked = yield* Deferred.make<void>()
      const two = yield* pgliteClient({
        stream: () =>
          watched(connect(), (bytes) => {
            if (bytes.includes("SELECT * FROM turns")) Deferred.doneUnsafe(asked, Exit.void)
          })
      })
      yield* createTable(one, "turns")
      // Connected before the transaction begins, so that its query arrives in the middle of it.
      yield* two`SELECT 1`
      const begun = yield* Deferred.make<void>()
      const proceed = yield* Deferred.make<void>()
      const transaction = yield* one`INSERT INTO turns VALUES (1)`.pipe(
        Effect.andThen(Deferred.succeed(begun, undefined)),
        Effect.andThen(Deferred.await(proceed)),
        Effect.andThen(one`DELETE FROM turns`),
        one.withTransaction,
        Effect.forkChild
      )
      yield* Deferred.await(begun)
      const other = yield* Effect.forkChild(two`SELECT * FROM turns`, { startImmediately: true })
      yield* Deferred.await(asked)
      yield* Deferred.succeed(proceed, undefined)
      yield* Fiber.join(transaction)
      assert.deepStrictEqual(yield* Fiber.join(other), [])
    }))

  it.effect("PGlite's one session rolls back and serves others if a connection ends inside a transaction", () =>
    Effect.gen(function*() {
      const staying = yield* client
      yield* createTable(staying, "leavers")
      const begun = yield* Deferred.make<void>()
      const leaving = yield* client.pipe(
        Effect.flatMap((sql) => sql.reserve),
        Effect.tap((connection) => connection.executeRaw("INSERT INTO leavers VALUES (1)", [])),
        Effect.tap((connection) => connection.executeRaw("BEGIN", [])),
        Effect.tap((connection) => connection.executeRaw("INSERT INTO leavers VALUES (2)", [])),
        Effect.andThen(Deferred.succeed(begun, undefined)),
        Effect.andThen(Effect.never),
        Effect.scoped,
        Effect.forkChild
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(leaving)
      assert.deepStrictEqual(yield* staying`SELECT * FROM leavers`, [{ n: 1 }])
    }))

  it.effect("PGlite's one session forgets the statements of a connection that has ended", () =>
    Effect.gen(function*() {
      const sql = yield* client
      const prepared = sql<{ readonly n: number }>`SELECT count(*)::int AS n FROM pg_prepared_statements`
      const [before] = yield* prepared
      yield* Effect.scoped(Effect.flatMap(client, (other) => other`SELECT 'left behind'`))
      const [after] = yield* Effect.repeat(prepared, {
        until: ([row]) => row?.n === before?.n,
        schedule: Schedule.spaced("10 millis"),
        times: 500
      })
      assert.deepStrictEqual(after, before)
    }))

  it.effect("PGlite's one session keeps listening for one connection when another stops", () =>
    Effect.gen(function*() {
      const sql = yield* client
      const heard = yield* sql.listen("news")
      yield* Effect.scoped(Effect.flatMap(client, (other) => other.listen("news")))
      yield* sql`SELECT pg_notify('news', 'still here')`
      assert.include(yield* Queue.take(heard), { payload: "still here" })
    }))

  it.effect("PGlite's one session accepts a statement far larger than a socket's chunk", () =>
    Effect.gen(function*() {
      const sql = yield* client
      const text = "x".repeat(3_000_000)
      assert.deepStrictEqual(yield* sql`SELECT length(${text}::text) AS length, ${text}::text AS text`, [
        { length: text.length, text }
      ])
    }))

  it.effect.each([1, 3, 64])(
    "PGlite's one session understands messages that arrive in pieces of %i bytes",
    (size) =>
      Effect.gen(function*() {
        const { connect } = yield* Server
        const sql = yield* pgliteClient({ stream: () => inPieces(connect(), size) })
        for (const text of ["", "one", "x".repeat(500), "ü".repeat(70)]) {
          assert.deepStrictEqual(yield* sql`SELECT ${text}::text AS text, 1 AS one`, [{ text, one: 1 }])
        }
        assert.deepStrictEqual(yield* sql.withTransaction(sql`SELECT 2 AS two`), [{ two: 2 }])
      })
  )
})

const inPieces = (wire: Duplex, size: number): Duplex =>
  through(wire, function*(chunk) {
    for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size)
  })

/** `see` receives what was written, after it was passed on. */
const watched = (wire: Duplex, see: (bytes: Buffer) => void): Duplex =>
  through(wire, function*(chunk) {
    yield chunk
    see(chunk)
  })

const through = (wire: Duplex, pieces: (chunk: Buffer) => Iterable<Buffer>): Duplex => {
  const transform = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const piece of pieces(chunk)) this.push(piece)
      done()
    }
  })
  transform.pipe(wire)
  return Duplex.from({ writable: transform, readable: wire })
}
