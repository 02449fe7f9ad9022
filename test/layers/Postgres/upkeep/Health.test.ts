/** Whether a database has the schema that this release needs. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { readdirSync } from "node:fs"
import { takeServiceRole } from "../../../../layers/Postgres/schema/checkRoles.ts"
import { migrate } from "../../../../layers/Postgres/schema/migrate.ts"
import { HealthSql } from "../../../../layers/Postgres/upkeep/Health.ts"
import { Health } from "../../../../services/Health.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { emptyDatabase } from "../../../support/databases/EmptyDatabases.ts"
import { migrationsDirectory } from "../../../support/databases/migrationsTemplate.ts"
import { stores } from "../../../support/databases/stores.ts"

const names = readdirSync(migrationsDirectory).filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3))
  .sort()

onEachDatabase("the schema of a database", (it) => {
  it.layer(stores)((it) => {
    it.effect(
      "the schema of a database lacks nothing if every migration has run, even if a newer release's "
        + "has, too",
      () =>
        Effect.gen(function*() {
          const health = yield* Health
          const sql = yield* SqlClient.SqlClient
          assert.deepStrictEqual(yield* health.missingMigrations, [])
          yield* asOwner(sql`INSERT INTO migration_files VALUES (9999, 'newer')`)
          assert.deepStrictEqual(yield* health.missingMigrations, [])
          yield* asOwner(sql`DELETE FROM migration_files WHERE migration_id = 9999`)
        })
    )

    it.effect("a database accepts writes, except as a standby does", () =>
      Effect.gen(function*() {
        const health = yield* Health
        const sql = yield* SqlClient.SqlClient
        assert.isTrue(yield* health.acceptsWrites)
        const locked = Effect.andThen(sql`SET TRANSACTION READ ONLY`, health.acceptsWrites)
        assert.isFalse(yield* sql.withTransaction(locked))
      }))

    it.effect("the schema of a database lacks the migrations not recorded as run", () =>
      Effect.gen(function*() {
        const health = yield* Health
        const sql = yield* SqlClient.SqlClient
        yield* asOwner(sql`UPDATE migration_files SET migration_id = 9999 WHERE migration_id = 7`)
        assert.deepStrictEqual(yield* health.missingMigrations, ["0007_search_ledger"])
        yield* asOwner(sql`UPDATE migration_files SET migration_id = 7 WHERE migration_id = 9999`)
      }))

    it.effect("the schema of a database lacks everything since migration 0009 if the record cannot be read", () =>
      Effect.gen(function*() {
        const health = yield* Health
        const sql = yield* SqlClient.SqlClient
        yield* asOwner(sql`REVOKE SELECT ON migration_files FROM accessa_service`)
        const missing = yield* health.missingMigrations
        assert.deepStrictEqual(missing, names.slice(names.indexOf("0009_applied_migrations")))
        yield* asOwner(sql`GRANT SELECT ON migration_files TO accessa_service`)
      }))
  })
})

describe("a database without the last migration", () => {
  it.live(
    "a database without the last migration lacks exactly that one, and nothing once it has run",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        // A migration imports effect, so it must be inside the project.
        const directory = yield* fs.makeTempDirectoryScoped({
          directory: migrationsDirectory.replace(/migrations$/, ".cache")
        })
        for (const name of names.slice(0, -1)) {
          yield* fs.copyFile(`${migrationsDirectory}/${name}.ts`, `${directory}/${name}.ts`)
        }
        yield* Effect.gen(function*() {
          yield* migrate(directory)
          yield* takeServiceRole
          const { missingMigrations } = yield* Health
          assert.deepStrictEqual(yield* missingMigrations, names.slice(-1))
          yield* migrate(migrationsDirectory)
          assert.deepStrictEqual(yield* missingMigrations, [])
        }).pipe(Effect.provide(
          HealthSql(migrationsDirectory).pipe(Layer.provideMerge(emptyDatabase.layer))
        ))
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
    180_000
  )
})
