import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { toServiceError } from "../../../../layers/Postgres/connection/sqlErrors.ts"
import { VectorParameters } from "../../../../layers/Postgres/connection/VectorParameters.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"

const coded = (code: string) => Object.assign(new Error("said"), { code })
const withState = (code: string) => new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause: coded(code) }) })
const connecting = (code: string) =>
  new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause: coded(code), operation: "connect" }) })

describe("an error of the database", () => {
  it.each([
    [
      "a lost connection",
      new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error("reset") }) })
    ],
    ["a shutdown", withState("57P01")],
    ["a start-up", withState("57P03")],
    ["a full disk", withState("53100")],
    ["too many connections", withState("53300")],
    ["a failure to read its files", withState("58030")],
    ["a failover to a standby", withState("25006")],
    ["a session that cannot be opened", connecting("42501")]
  ])("waits for the database after %s", (_, error) => {
    assert.include(toServiceError(error), { _tag: "RecoverableError", code: "DATABASE_UNAVAILABLE" })
  })

  it.each([
    [connecting("57P03"), "The database cannot be reached."],
    [connecting("3D000"), "The database that DATABASE_URL names does not exist."],
    [
      new SqlError.SqlError({
        reason: new SqlError.AuthenticationError({ cause: coded("28P01"), operation: "connect" })
      }),
      "The database rejects the login of DATABASE_URL."
    ],
    [withState("25006"), "The database is read-only."],
    [withState("53100"), "The database's disk is full."]
  ])("says why it waits (%#)", (error, message) => {
    assert.include(toServiceError(error), { code: "DATABASE_UNAVAILABLE", message })
  })

  it("does not wait if a statement is refused for the same reason as a session could be", () => {
    assert.include(toServiceError(withState("42501")), { code: "INTERNAL" })
  })

  it.each([
    new SqlError.DeadlockError({ cause: new Error() }),
    new SqlError.SerializationError({ cause: new Error() }),
    new SqlError.LockTimeoutError({ cause: new Error() }),
    new SqlError.StatementTimeoutError({ cause: new Error() })
  ])("is retried after a $_tag", (reason) => {
    assert.include(toServiceError(new SqlError.SqlError({ reason })), {
      _tag: "TransientError",
      code: "DATABASE_FAILED"
    })
  })
})

const failure = <A, R>(statement: Effect.Effect<A, SqlError.SqlError, R>) =>
  Effect.map(Effect.flip(statement), toServiceError)

onEachDatabase("a refused statement", (it, name) => {
  it.effect("a refused statement is a bug of ours, named by its SQLSTATE", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const error = yield* failure(sql`SELECT nothing`)
      assert.include(error, { _tag: "PermanentError", code: "INTERNAL" })
      assert.include(error.message, "SQLSTATE 42703")
    }))

  it.effect("a refused statement keeps a vector out of its message and almost entirely out of its cause", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { one } = yield* VectorParameters
      const vector = new Float32Array(1536).fill(0.123)
      const errors = yield* Effect.all([
        failure(sql`SELECT ${vector}`),
        failure(sql`SELECT ${one(vector.subarray(1))} <=> ${one(vector)}`)
      ])
      for (const error of errors) {
        assert.notInclude(error.message, "0.123")
        assert.isBelow(String(error.cause).length, 250)
      }
    }))

  it.effect.skipIf(name === "pglite")("that took too long is retried", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const slow = Effect.andThen(sql`SET LOCAL statement_timeout = 20`, sql`SELECT pg_sleep(10)`)
      assert.include(yield* failure(sql.withTransaction(slow)), { _tag: "TransientError", code: "DATABASE_FAILED" })
    }))

  it.effect.skipIf(name === "pglite")(
    "a refused statement whose server ends the connection waits for the database",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const cut = yield* Effect.forkChild(failure(sql`SELECT pg_sleep(10) AS cut`))
        yield* asOwner(
          sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(10) AS cut%'`
        ).pipe(Effect.repeat({ until: (ended) => ended.length > 0 }))
        assert.include(yield* Fiber.join(cut), { code: "DATABASE_UNAVAILABLE" })
        assert.deepStrictEqual(yield* sql`SELECT 1 AS one`, [{ one: 1 }])
      })
  )
})
