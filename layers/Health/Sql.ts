/** Readiness on Postgres: the freshest heartbeat. */
import { Duration, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Health } from "../../services/Health.ts"
import { toStageError } from "../Database/sqlErrors.ts"

export const HealthSql = Layer.effect(
  Health,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return Health.of({
      heartbeatAge: sql<{ readonly ms: number | null }>`
        SELECT (extract(epoch FROM now() - max(heartbeat_at)) * 1000)::float8 AS ms FROM workers WHERE state = 'running'`
        .pipe(
          Effect.mapError(toStageError),
          Effect.map(([row]) => Option.map(Option.fromNullishOr(row?.ms), (ms) => Duration.millis(Math.max(0, ms)))),
          Effect.withSpan("Health.heartbeatAge")
        )
    })
  })
)
