/** The overview of an empty pipeline. */
import { DateTime, Effect, Layer, Option } from "effect"
import { Overview } from "../../services/Overview.ts"

export const OverviewMemory = Layer.succeed(Overview, {
  glance: Effect.map(DateTime.now, (at) => ({
    at,
    in_flight: 0,
    failed: 0,
    completed_last_hour: 0,
    statuses: [],
    minutes: [],
    stages: [],
    workers: [],
    providers: [],
    alerts: [],
    errors: [],
    calls: { made: 0, lost: 0, p50_ms: null, p95_ms: null },
    spend: { today_usd: 0, month_usd: 0, limit_usd: null, tokens_today: 0, reused_today: 0, lost_today_usd: 0 },
    changes: []
  })),
  failures: Effect.succeed([]),
  held: Effect.succeed([]),
  costs: Effect.map(DateTime.now, (at) => ({ at, hours: [], models: [], months: [], users: [] })),
  jobs: () => Effect.succeed({ jobs: [], next: Option.none() }),
  capacity: Effect.succeed({
    database_bytes: 0,
    files_bytes: 0,
    connections: 0,
    max_connections: 0,
    growth: {
      since: null,
      database_bytes_per_day: null,
      files_bytes_per_day: null,
      limit_bytes: null,
      days_left: null
    },
    tables: [],
    retention: []
  })
})
