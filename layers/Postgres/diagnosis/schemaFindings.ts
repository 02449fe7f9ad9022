/** The database's schema against the one this release ships. */
import { Effect, FileSystem } from "effect"
import type { SqlClient } from "effect/sql"
import { type Check, finding } from "../../../src/domain/Finding.ts"
import { describeObjects } from "../schema/describeSchema.ts"
import { type ForeignGrant, foreignGrantsQuery } from "../schema/grants.ts"
import { readMigrations } from "../schema/migrate.ts"
import { schemaDrift } from "./schemaDrift.ts"

const checks = {
  migrations: {
    name: "migrations",
    expected: "the database has this release's migrations, and no other",
    sound: "all have run",
    repair: "Run `pnpm migrate`; a migration of a newer release is fine while that is being rolled out."
  },
  schema: {
    name: "schema",
    expected: "tables, columns, indexes, policies and privileges are as shipped in migrations/schema.sql",
    sound: "nothing differs",
    repair: "Undo the change by hand with the definition in migrations/schema.sql; `pnpm migrate` restores privileges."
  },
  indexes: {
    name: "indexes",
    expected: "every index can be used",
    sound: "all are valid",
    repair: "Run REINDEX INDEX CONCURRENTLY for each, as the owner of the tables."
  },
  grants: {
    name: "grants",
    expected: "only the owner and the two roles of the pipeline have privileges on its objects",
    sound: "no other role has any",
    repair: "Run `pnpm migrate` as the owner of the tables: it revokes them."
  }
} as const satisfies Record<string, Check>

export const schemaFindings = Effect.fnUntraced(function*(sql: SqlClient.SqlClient, directory: string) {
  const fs = yield* FileSystem.FileSystem
  const files = yield* readMigrations(directory)
  const applied = yield* sql<{ readonly id: number; readonly sha256: string }>`
    SELECT migration_id AS id, sha256 FROM migration_files ORDER BY migration_id`
  const missing = files.filter(({ id }) => !applied.some((each) => each.id === id))
  const unknown = applied.filter(({ id }) => !files.some((file) => file.id === id))
  const changed = files.filter((file) => applied.some(({ id, sha256 }) => id === file.id && sha256 !== file.sha256))
  const migrations = [
    ...missing.map(({ name }) => `${name} has not run`),
    ...unknown.map(({ id }) => `migration ${id} is of another release`),
    ...changed.map(({ name }) => `${name} was changed after it had run`)
  ]
  // Other migrations make another schema.
  const drift = migrations.length > 0
    ? []
    : schemaDrift(yield* fs.readFileString(`${directory}/schema.sql`), yield* describeObjects)
  const invalid = yield* sql<{ readonly name: string }>`
    SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT (indisvalid AND indisready)`
  const foreign = yield* sql.unsafe<ForeignGrant>(foreignGrantsQuery)
  return [
    finding(checks.migrations, migrations),
    finding(checks.schema, drift),
    finding(checks.indexes, invalid.map(({ name }) => `${name} is invalid`)),
    finding(checks.grants, foreign.map(({ grantee, name, privileges }) => `${grantee} may ${privileges} on ${name}`))
  ]
})
