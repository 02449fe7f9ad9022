import { NodeServices } from "@effect/platform-node"
import { Deferred, Duration, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"
import { watchTransactions } from "../../../../layers/Postgres/circuits/watchTransactions.ts"
import { migrate } from "../../../../layers/Postgres/schema/migrate.ts"
import { Alerts } from "../../../../services/Alerts.ts"
import { DatabaseWatch } from "../../../../services/DatabaseWatch.ts"
import { longTransaction, refusalAlertCloseAfter } from "../../../../src/policy/alerts.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { migrationsDirectory } from "../../../support/databases/migrationsTemplate.ts"
import { stores } from "../../../support/databases/stores.ts"

const refused = { rule: "CALLBACKS_REFUSED", subject: "", message: "20 callbacks." } as const

/** Alerts that are open, each with its count. */
const open = Effect.flatMap(
  Alerts,
  ({ list }) => Effect.map(list({ which: "open" }), (found) => found.map(({ code, count }) => [code, count]))
)

onEachDatabase("alerts", (suite, name) => {
  suite.layer(stores)((it) => {
    it.effect(
      "an alert about refused callbacks stays open while they continue, closes an hour after the last, "
        + "and reopens",
      () =>
        Effect.gen(function*() {
          const [alerts, watch] = [yield* Alerts, yield* DatabaseWatch]
          const sql = yield* SqlClient.SqlClient
          yield* sql`DELETE FROM alerts`
          yield* alerts.raise(refused)
          yield* alerts.raise(refused)
          yield* watch.look
          assert.deepStrictEqual(yield* open, [["CALLBACKS_REFUSED", 2]])
          yield* sql`UPDATE alerts SET seen_at = now() - interval '2 hours'`
          yield* watch.look
          assert.deepStrictEqual(yield* open, [])
          yield* alerts.raise(refused)
          assert.deepStrictEqual(yield* open, [["CALLBACKS_REFUSED", 1]])
        })
    )

    it.effect("alerts are raised about foreign privileges on our tables, until the migrations have run again", () =>
      Effect.gen(function*() {
        const [alerts, watch] = [yield* Alerts, yield* DatabaseWatch]
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM alerts`
        yield* watch.look
        assert.deepStrictEqual(yield* open, [])
        // As a dashboard does it.
        yield* asOwner(sql`GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC`)
        yield* watch.look
        yield* watch.look
        const [alert] = yield* alerts.list({ which: "open" })
        assert.strictEqual(alert?.code, "FOREIGN_GRANTS")
        assert.match(
          alert?.message ?? "",
          /^PUBLIC may .*SELECT.* on \w+, and there are \d+ more such grants: run `pnpm migrate`/
        )
        yield* migrate(migrationsDirectory)
        yield* watch.look
        assert.deepStrictEqual(yield* open, [])
      }).pipe(Effect.provide(NodeServices.layer)))

    // The embedded database has one session for all.
    it.effect.skipIf(name === "pglite")(
      "alerts are raised about a long-open transaction, until it has ended",
      () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DELETE FROM alerts`
          const [begun, end] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const forgotten = yield* Effect.gen(function*() {
            yield* sql`SELECT pg_current_xact_id()::text`
            yield* Deferred.succeed(begun, undefined)
            yield* Deferred.await(end)
          }).pipe(sql.withTransaction, Effect.forkChild)
          yield* Deferred.await(begun)
          yield* watchTransactions(sql, longTransaction, refusalAlertCloseAfter)
          assert.deepStrictEqual(yield* open, [], "it has only just begun")
          yield* watchTransactions(sql, Duration.zero, refusalAlertCloseAfter)
          yield* watchTransactions(sql, Duration.zero, refusalAlertCloseAfter)
          assert.deepStrictEqual(yield* open, [["VACUUM_HELD", 1]])
          yield* Deferred.succeed(end, undefined)
          yield* Fiber.join(forgotten)
          yield* watchTransactions(sql, Duration.zero, refusalAlertCloseAfter)
          assert.deepStrictEqual(yield* open, [])
        })
    )
  })
})
