/** Readiness on Postgres: the freshest heartbeat, whether it can be written to, and whether this release's migrations have run. */
import { Duration, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Health } from "../../../services/Health.ts"
import { run } from "../connection/rows.ts"
import { readMigrations } from "../schema/migrate.ts"

/** The first migration that lets the service see which have run: if it cannot, this one and all later ones are missing. */
const visibleSince = 9

export const HealthSql = (migrations: string) =>
  Layer.effect(
    Health,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const files = yield* readMigrations(migrations)

      const missing = Effect.gen(function*() {
        const [row] = yield* sql<{ readonly visible: boolean | null }>`
          SELECT has_table_privilege(to_regclass('migration_files'), 'SELECT') AS visible`
        if (row?.visible !== true) return files.filter(({ id }) => id >= visibleSince)
        const applied = yield* sql<{ readonly id: number }>`SELECT migration_id AS id FROM migration_files`
        return files.filter((file) => !applied.some(({ id }) => id === file.id))
      })

      return Health.of({
        heartbeatAge: sql<{ readonly ms: number | null }>`
          SELECT (extract(epoch FROM now() - max(heartbeat_at)) * 1000)::float8 AS ms
          FROM workers WHERE state = 'running'`.pipe(
          run,
          Effect.map(([row]) => Option.map(Option.fromNullishOr(row?.ms), (ms) => Duration.millis(Math.max(0, ms)))),
          Effect.withSpan("Health.heartbeatAge")
        ),
        acceptsWrites: sql<{ readonly accepts: boolean }>`
          SELECT current_setting('transaction_read_only') = 'off' AS accepts`.pipe(
          run,
          Effect.map(([row]) => row?.accepts === true),
          Effect.withSpan("Health.acceptsWrites")
        ),
        missingMigrations: missing.pipe(
          run,
          Effect.map((files) => files.map(({ name }) => name)),
          Effect.withSpan("Health.missingMigrations")
        )
      })
    })
  )
