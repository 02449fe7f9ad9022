/** The embedded database's statistics and dead rows, which no background process looks after. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { vacuumChanged } from "../../../../layers/Postgres/pglite/vacuum.ts"
import { takeServiceRole } from "../../../../layers/Postgres/schema/checkRoles.ts"
import { PgliteCopy } from "../../../support/databases/PgliteCopy.ts"

it.layer(Layer.provide(PgliteCopy, NodeServices.layer))("the embedded database", (it) => {
  it.effect("is analysed and vacuumed where it has changed, as the role that all clients share", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`SET ROLE NONE`
      yield* sql`CREATE TABLE changed AS SELECT n FROM generate_series(1, 200) AS n`
      yield* sql`CREATE TABLE small AS SELECT 1 AS n`
      yield* sql`GRANT SELECT, UPDATE ON changed, small TO accessa_service`
      yield* takeServiceRole
      yield* sql`UPDATE changed SET n = n + 1`
      yield* sql`SELECT pg_stat_force_next_flush()`
      yield* vacuumChanged(sql)
      const found = yield* sql`
        SELECT relname, reltuples, n_dead_tup FROM pg_class JOIN pg_stat_user_tables USING (relname)
        WHERE relname IN ('changed', 'small') ORDER BY relname`
      assert.deepStrictEqual(found, [
        { relname: "changed", reltuples: 200, n_dead_tup: 0n },
        { relname: "small", reltuples: -1, n_dead_tup: 0n }
      ])
      assert.deepStrictEqual(yield* sql`SELECT current_user`, [{ current_user: "accessa_service" }])
    }))
})
