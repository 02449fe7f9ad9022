/** Watches Postgres itself. */
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { DatabaseWatch } from "../../../services/DatabaseWatch.ts"
import { longTransaction, refusalAlertCloseAfter } from "../../../src/policy/alerts.ts"
import { run } from "../connection/rows.ts"
import { watchGrants } from "./watchGrants.ts"
import { watchTransactions } from "./watchTransactions.ts"

export const DatabaseWatchSql = Layer.effect(
  DatabaseWatch,
  Effect.map(SqlClient.SqlClient, (sql) =>
    DatabaseWatch.of({
      look: watchTransactions(sql, longTransaction, refusalAlertCloseAfter).pipe(
        Effect.andThen(watchGrants(sql)),
        run,
        Effect.asVoid,
        Effect.withSpan("DatabaseWatch.look")
      )
    }))
)
