/** What the rest relies on, with either database. */
import { assert } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { VectorParameters } from "../../layers/Postgres/connection/VectorParameters.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { everyDatabase, onEachDatabase } from "../support/databases/Databases.ts"

const count = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly count: number }>`SELECT count(*)::int FROM things`
  return row?.count
})

const emptyThings = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* asOwner(Effect.all([
    sql`DROP TABLE IF EXISTS things`,
    sql`CREATE TABLE things (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, vector vector)`,
    sql`GRANT ALL ON things TO accessa_service`
  ]))
})

onEachDatabase("a database", (it, name) => {
  it.effect("is migrated", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(yield* sql`SELECT count(*)::int FROM upload_jobs`, [{ count: 0 }])
    }))

  it.effect("rolls back a failed transaction, and only its own part of a nested one", () =>
    Effect.gen(function*() {
      yield* emptyThings
      const sql = yield* SqlClient.SqlClient
      const insert = (id: number) => sql`INSERT INTO things (id) VALUES (${id})`
      const failed = yield* Effect.exit(sql.withTransaction(Effect.andThen(insert(1), Effect.fail("stop"))))
      assert.isTrue(Exit.isFailure(failed))
      assert.strictEqual(yield* count, 0)

      yield* sql.withTransaction(Effect.gen(function*() {
        yield* insert(1)
        yield* Effect.exit(sql.withTransaction(Effect.andThen(insert(2), insert(1))))
        yield* insert(3)
      }))
      assert.deepStrictEqual(yield* sql`SELECT id FROM things ORDER BY id`, [{ id: 1 }, { id: 3 }])
    }))

  it.effect("counts every one of 200 concurrent transactions", () =>
    Effect.gen(function*() {
      yield* emptyThings
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO things (id) VALUES (1)`
      const increment = sql.withTransaction(Effect.gen(function*() {
        const [row] = yield* sql<{ readonly n: number }>`SELECT n FROM things WHERE id = 1 FOR UPDATE`
        yield* Effect.yieldNow
        yield* sql`UPDATE things SET n = ${(row?.n ?? Number.NaN) + 1} WHERE id = 1`
      }))
      yield* Effect.all(Array.from({ length: 200 }, () => increment), { concurrency: 20, discard: true })
      assert.deepStrictEqual(yield* sql`SELECT n FROM things`, [{ n: 200 }])
    }))

  it.effect("rolls back an interrupted transaction and stays usable", () =>
    Effect.gen(function*() {
      yield* emptyThings
      const sql = yield* SqlClient.SqlClient
      const begun = yield* Deferred.make<void>()
      const fiber = yield* sql`INSERT INTO things (id) VALUES (1)`.pipe(
        Effect.andThen(Deferred.succeed(begun, undefined)),
        Effect.andThen(Effect.never),
        sql.withTransaction,
        Effect.forkChild
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* count, 0)
    }))

  it.effect("is usable after a running query was interrupted", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const fiber = yield* Effect.forkChild(sql`SELECT count(*) FROM generate_series(1, 300000)`, {
        startImmediately: true
      })
      yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* sql`SELECT 1 AS one`, [{ one: 1 }])
    }))

  it.effect("streams more rows than one message holds", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const rows = sql<{ readonly n: number }>`SELECT n::int FROM generate_series(1, 5000) n`.stream
      assert.strictEqual(yield* Stream.runFold(rows, () => 0, (sum, { n }) => sum + n), 12_502_500)
    }))

  it.effect("stores vectors bit for bit, and finds the nearest", () =>
    Effect.gen(function*() {
      yield* emptyThings
      const sql = yield* SqlClient.SqlClient
      const parameters = yield* VectorParameters
      const vectors = Array.from(
        { length: 30 },
        (_, row) => Float32Array.from({ length: 1536 }, (_, column) => Math.sin(row * 1536 + column))
      )
      const ids = vectors.map((_, index) => index)
      yield* sql`INSERT INTO things (id, vector) SELECT * FROM unnest(${ids}::int[], ${parameters.many(vectors)})`
      const stored = yield* sql<{ readonly vector: Float32Array }>`SELECT vector FROM things ORDER BY id`
      assert.deepStrictEqual(stored.map(({ vector }) => vector), vectors)
      for (const id of [0, 17, 29]) {
        const query = parameters.one(vectors[id] ?? new Float32Array())
        assert.deepStrictEqual(yield* sql`SELECT id FROM things ORDER BY vector <=> ${query} LIMIT 1`, [{ id }])
      }
    }))

  it.effect("accepts an empty array of vectors", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { many } = yield* VectorParameters
      assert.deepStrictEqual(yield* sql`SELECT * FROM unnest(${many([])})`, [])
    }))

  // With a single session there are no other locks to skip.
  it.effect.skipIf(name === "pglite")("lets a second claim skip what a first has locked", () =>
    Effect.gen(function*() {
      yield* emptyThings
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO things (id) VALUES (1), (2)`
      const claim = sql`SELECT id FROM things ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`
      const locked = yield* Deferred.make<unknown>()
      const first = yield* claim.pipe(
        Effect.tap((rows) => Deferred.succeed(locked, rows)),
        Effect.andThen(Effect.never),
        sql.withTransaction,
        Effect.forkChild
      )
      assert.deepStrictEqual(yield* Deferred.await(locked), [{ id: 1 }])
      assert.deepStrictEqual(yield* claim, [{ id: 2 }])
      yield* Fiber.interrupt(first)
      assert.deepStrictEqual(yield* claim, [{ id: 1 }])
    }))
}, everyDatabase)
