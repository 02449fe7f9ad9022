/** Versions of the database, its newest migration, and every object of the schema with a hash of its definition. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { sha256 } from "../../../src/domain/hash.ts"
import type { DatabaseInstallation } from "../../../src/domain/Installation.ts"
import { describeObjects } from "../schema/describeSchema.ts"
import { objectsOf } from "./schemaDrift.ts"

interface Versions {
  readonly postgres: string
  readonly pgvector: string
  readonly migration: number
}

export const readInstallation = Effect.fnUntraced(function*(sql: SqlClient.SqlClient) {
  const [versions] = yield* sql<Versions>`
    SELECT current_setting('server_version') AS postgres,
      coalesce((SELECT extversion FROM pg_extension WHERE extname = 'vector'), '') AS pgvector,
      coalesce((SELECT max(migration_id) FROM migration_files), 0)::int AS migration`
  const objects = objectsOf(yield* describeObjects)
  const installation: DatabaseInstallation = {
    postgres: versions?.postgres.split(" ")[0] ?? "",
    pgvector: versions?.pgvector ?? "",
    migration: versions?.migration ?? 0,
    objects: Array.from(objects, ([name, definition]) => ({ name, sha256: sha256(definition) }))
  }
  return installation
})
