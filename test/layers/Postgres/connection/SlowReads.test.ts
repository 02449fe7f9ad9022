import { PgClient } from "@effect/sql-pg"
import { assert } from "@effect/vitest"
import { Clock, Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inTransaction } from "../../../../layers/Postgres/connection/inTransaction.ts"
import { DatabasePostgres } from "../../../../layers/Postgres/connection/Postgres.ts"
import { SlowReads } from "../../../../layers/Postgres/connection/SlowReads.ts"
import { VectorParameters } from "../../../../layers/Postgres/connection/VectorParameters.ts"
import { searchVectors } from "../../../../layers/Postgres/vectors/searchVectors.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"

const model = { model: "text-embedding-3-small", version: "1", dimensions: 1536 }
const question = { user: localUserId, model, query: new Float32Array(1536).fill(1), limit: 3 }

/** To the test's own database, with a limit of time. */
const slowReads = Layer.unwrap(Effect.gen(function*() {
  const { config } = yield* PgClient.PgClient
  assert(config.url !== undefined)
  return Layer.provide(
    SlowReads.layer(2),
    DatabasePostgres({
      url: config.url,
      maxConnections: 2,
      applicationName: "accessa-test",
      as: "service",
      parameters: { statement_timeout: "300ms" },
      types: config.types
    })
  )
}))

onEachDatabase("slow reads", (it, name) => {
  it.effect("run at most as many at once as there are connections", () =>
    Effect.gen(function*() {
      const { turn } = yield* SlowReads
      const [entered, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      let most = 0
      let now = 0
      const read = turn(Effect.gen(function*() {
        most = Math.max(most, ++now)
        if (now === 2) yield* Deferred.succeed(entered, undefined)
        yield* Deferred.await(goOn)
        now--
      }))
      const all = yield* Effect.forkChild(Effect.all([read, read, read, read], { concurrency: "unbounded" }))
      yield* Deferred.await(entered)
      yield* Deferred.succeed(goOn, undefined)
      yield* Fiber.join(all)
      assert.strictEqual(most, 2)
    }).pipe(Effect.provide(SlowReads.layer(2))))

  // The embedded database has neither a second session nor statement timeouts.
  if (name === "pglite") return

  it.effect("end with the search's own error if they exceed their time limit", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const slow = yield* SlowReads
      const parameters = yield* VectorParameters
      assert.deepStrictEqual(yield* searchVectors(slow, parameters, question), [])
      const error = yield* inTransaction(sql)(
        sql`LOCK TABLE document_vector_buffer IN ACCESS EXCLUSIVE MODE`.pipe(
          Effect.andThen(Effect.flip(searchVectors(slow, parameters, question)))
        )
      )
      assert.deepStrictEqual([error._tag, error.code], ["TransientError", "SEARCH_TIMEOUT"])
      assert.deepStrictEqual(yield* searchVectors(slow, parameters, question), [])
    }).pipe(Effect.provide(slowReads)))

  it.effect("slow reads are cancelled on the server when the caller disconnects", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const slow = yield* SlowReads
      const lock = 20_260_101
      const holders = sql`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${lock} AND granted`
      const reading = slow.sql`
        WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(${lock})) SELECT pg_sleep(60) FROM held`
      const asking = yield* Effect.forkChild(slow.turn(reading), { startImmediately: true })
      yield* holders.pipe(Effect.repeat({ until: ({ length }) => length === 1 }))
      yield* Fiber.interrupt(asking)
      yield* holders.pipe(Effect.repeat({ until: ({ length }) => length === 0 }))
    }).pipe(
      Effect.provide(SlowReads.layer(2)),
      // The server is notified after a moment of real time.
      Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())
    ))
})
