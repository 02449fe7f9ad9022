/** The numbers of a pipeline that has seen nothing. */
import { Effect, Layer, Option } from "effect"
import { PipelineStats } from "../../services/PipelineStats.ts"
import type { PipelineStats as Stats } from "../../src/domain/PipelineStats.ts"

export const noStats: Stats = {
  open: [],
  failed: [],
  completedLastHour: 0,
  workers: { running: 0, draining: 0, silent: 0, newestSeconds: Option.none(), oldestSeconds: Option.none() },
  circuits: [],
  alerts: [],
  monthUsd: 0,
  limitUsd: Option.none(),
  ledger: { paidTokens: 0, lostTokens: 0, paidUsd: 0, lostUsd: 0 },
  deliveries: { waiting: 0, dueSeconds: 0 },
  database: {
    bytes: 0,
    active: 0,
    idle: 0,
    idleInTransaction: 0,
    other: 0,
    maxConnections: 0,
    oldestTransactionSeconds: 0
  },
  tables: []
}

export const PipelineStatsMemory = Layer.succeed(PipelineStats, {
  read: Effect.succeed(noStats),
  statements: Effect.succeedNone
})
