/** The connection through pgbouncer, which drops startup parameters and may give a server connection to others in between. */
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { Notifications } from "../../layers/Postgres/connection/listen.ts"
import { DatabasePostgres, type PostgresOptions } from "../../layers/Postgres/connection/Postgres.ts"
import { type PgbouncerOptions, startPgbouncer } from "./Pgbouncer.ts"
import { missing, places } from "./where.ts"

const throughTo =
  ({ program, url }: typeof places[number]) => (mode: PgbouncerOptions, options: Partial<PostgresOptions> = {}) =>
    Effect.map(
      startPgbouncer(program, url, mode),
      (href) =>
        DatabasePostgres({
          url: Redacted.make(href),
          maxConnections: 2,
          applicationName: "test",
          as: "login",
          parameters: { "accessa.deliveries_waiting": "7" },
          ...options
        })
    )

const waitFor = <E>(rows: Effect.Effect<ReadonlyArray<unknown>, E>, count: number) =>
  Effect.repeat(rows, { until: (found) => found.length === count })

for (const reason of missing) {
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  it.skip(`pgbouncer: ${reason}`, () => {})
}

for (const place of places) {
  const through = throughTo(place)
  describe("pgbouncer", () => {
    it.live("in session mode gives every connection its settings", () =>
      Effect.gen(function*() {
        const database = yield* through({ mode: "session" })
        const settings = Effect.flatMap(SqlClient.SqlClient, (sql) =>
          sql`SELECT current_setting('statement_timeout') AS timeout, current_setting('enable_seqscan') AS scans,
            current_setting('accessa.deliveries_waiting') AS waiting FROM pg_sleep(0.05)`)
        const expected = [{ timeout: "1min", scans: "off", waiting: "7" }]
        const seen = yield* Effect.provide(Effect.all([settings, settings], { concurrency: 2 }), database)
        assert.deepStrictEqual(seen, [expected, expected])
      }))

    it.live("in session mode carries notifications", () =>
      Effect.gen(function*() {
        const database = yield* through({ mode: "session" })
        const first = yield* Effect.gen(function*() {
          const { subscribe } = yield* Notifications
          const sql = yield* PgClient.PgClient
          return yield* subscribe("accessa_test").pipe(
            // The first says that it listens.
            Stream.tap((payload) =>
              Effect.when(sql`SELECT pg_notify('accessa_test', 'here')`, Effect.succeed(payload === ""))
            ),
            Stream.filter((payload) => payload !== ""),
            Stream.runHead
          )
        }).pipe(Effect.provide(Layer.provideMerge(Notifications.layer, database)))
        assert.deepStrictEqual(first, Option.some("here"))
      }))

    it.live("in session mode lets a statement be cancelled", () =>
      Effect.gen(function*() {
        const database = yield* through({ mode: "session" })
        yield* Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const sleeper = yield* Effect.forkChild(sql`SELECT 'to be cancelled', pg_sleep(600)`)
          const running =
            sql`SELECT FROM pg_stat_activity WHERE query LIKE '%to be cancelled%' AND pid <> pg_backend_pid()
            AND state = 'active'`
          yield* waitFor(running, 1)
          yield* Fiber.interrupt(sleeper)
          yield* waitFor(running, 0)
        }).pipe(Effect.provide(database))
      }))

    it.live("in session mode with a full pool stops the start with a sentence about the pool", () =>
      Effect.gen(function*() {
        const { message } = yield* Effect.flip(
          Layer.build(yield* through({ mode: "session", poolSize: 1 }, { patience: "200 millis" }))
        )
        assert.include(message, "has no free connection (its pooler accepted the login and then gave none)")
      }))

    it.live("in transaction mode is refused, before any setting is left on a server connection", () =>
      Effect.gen(function*() {
        const { message } = yield* Effect.flip(Layer.build(yield* through({ mode: "transaction" })))
        assert.include(message, "is behind a pooler in transaction mode")
        assert.include(message, "session mode")
      }))

    it.live("in transaction mode is refused when it has a single server connection, too", () =>
      Effect.gen(function*() {
        const { message } = yield* Effect.flip(
          Layer.build(yield* through({ mode: "transaction", poolSize: 1 }, { patience: "200 millis" }))
        )
        assert.include(message, "is behind a pooler in transaction mode")
      }))
  })
}
