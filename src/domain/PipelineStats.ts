/** Numbers of the whole pipeline at one moment, from the database, for the metrics. */
import { Schema } from "effect"
import { CircuitState } from "./Circuit.ts"
import { Dependency } from "./Dependency.ts"
import { JobStatus } from "./JobStatus.ts"
import { snakeKeys } from "./snakeKeys.ts"

const seconds = Schema.Finite
const Group = snakeKeys({ status: JobStatus, jobs: Schema.Int, oldestSeconds: seconds })

export const PipelineStats = snakeKeys({
  /** Jobs that have not ended. */
  open: Schema.Array(snakeKeys({
    ...Group.to.fields,
    /** Those of them that are due and that no worker holds. */
    due: Schema.Int,
    dueSeconds: seconds
  })),
  failed: Schema.Array(Group),
  completedLastHour: Schema.Int,
  workers: snakeKeys({
    running: Schema.Int,
    draining: Schema.Int,
    silent: Schema.Int,
    newestSeconds: Schema.OptionFromNullOr(seconds),
    oldestSeconds: Schema.OptionFromNullOr(seconds)
  }),
  circuits: Schema.Array(Schema.Struct({ dependency: Dependency, state: CircuitState })),
  alerts: Schema.Array(Schema.Struct({ code: Schema.String, open: Schema.Int })),
  monthUsd: Schema.Finite,
  limitUsd: Schema.OptionFromNullOr(Schema.Finite),
  ledger: snakeKeys({
    paidTokens: Schema.Int,
    lostTokens: Schema.Int,
    paidUsd: Schema.Finite,
    lostUsd: Schema.Finite
  }),
  deliveries: snakeKeys({ waiting: Schema.Int, dueSeconds: seconds }),
  database: snakeKeys({
    bytes: Schema.Int,
    active: Schema.Int,
    idle: Schema.Int,
    idleInTransaction: Schema.Int,
    other: Schema.Int,
    maxConnections: Schema.Int,
    oldestTransactionSeconds: seconds
  }),
  tables: Schema.Array(snakeKeys({
    name: Schema.String,
    rows: Schema.Int,
    bytes: Schema.Int,
    deadRows: Schema.Int,
    inserted: Schema.Int,
    deleted: Schema.Int
  }))
})
export type PipelineStats = typeof PipelineStats.Type

/** From pg_stat_statements. */
export const StatementStats = snakeKeys({ slow: Schema.Int, slowestSeconds: seconds })
export type StatementStats = typeof StatementStats.Type
