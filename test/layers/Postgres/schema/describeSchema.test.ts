import { NodeServices } from "@effect/platform-node"
import { assert, it as alone } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import { describeSchema } from "../../../../layers/Postgres/schema/describeSchema.ts"
import { migrate } from "../../../../layers/Postgres/schema/migrate.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { emptyDatabase } from "../../../support/databases/EmptyDatabases.ts"
import { migrationsDirectory } from "../../../support/databases/migrationsTemplate.ts"

const checkedIn = readFileSync(new URL("../../../../migrations/schema.sql", import.meta.url), "utf8")

// Each run ends by reading the grants from the file; here they are the migrations' own.
alone.live("the migrated schema equals migrations/schema.sql, including grants", () =>
  Effect.gen(function*() {
    yield* migrate(migrationsDirectory, { writesSchema: true })
    assert.strictEqual(yield* describeSchema, checkedIn)
  }).pipe(Effect.provide([emptyDatabase.layer, NodeServices.layer])), 180_000)

onEachDatabase("the schema", (it) => {
  it.effect("the schema is the one in migrations/schema.sql (or run: node scripts/dump-schema.ts)", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* describeSchema, checkedIn)
    }))

  it.effect("the schema is not described with a part missing", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const error = yield* asOwner(sql`CREATE MATERIALIZED VIEW overlooked AS SELECT 1 AS one`).pipe(
        Effect.andThen(Effect.flip(describeSchema)),
        Effect.ensuring(Effect.orDie(asOwner(sql`DROP MATERIALIZED VIEW IF EXISTS overlooked`)))
      )
      assert.include(error.message, "cannot describe overlooked")
    }))
})
