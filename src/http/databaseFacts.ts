/** What was read from the database, as series of the table of metrics. */
import { type Context, Duration, type Metric, Option } from "effect"
import type { LabelsOf, NameOf } from "../../otel/metrics/metrics.ts"
import { registerCounter, registerGauge } from "../../otel/metrics/record.ts"
import { CircuitState } from "../domain/Circuit.ts"
import { Dependency } from "../domain/Dependency.ts"
import { JobStatus, Phase, stateGraph } from "../domain/JobStatus.ts"
import type { PipelineStats, StatementStats } from "../domain/PipelineStats.ts"

type Register = (context: Context.Context<never>) => Metric.Registration
export type Facts = ReadonlyArray<Register>

export interface Read {
  readonly found: PipelineStats
  readonly statements: Option.Option<StatementStats>
  readonly took: Duration.Duration
}

const gauge = <N extends NameOf<"gauge">>(name: N, labels: LabelsOf<N>, value: number): Register => (context) =>
  registerGauge(name, labels, () => value, context)
const counter = <N extends NameOf<"counter">>(name: N, labels: LabelsOf<N>, value: number): Register => (context) =>
  registerCounter(name, labels, () => value, context)

/** None: the database could not be read. */
export const factsOf = (read: Option.Option<Read>): Facts =>
  Option.match(read, {
    onNone: () => [gauge("accessa_database_up", {}, 0)],
    onSome: ({ found, statements, took }) => [
      gauge("accessa_database_up", {}, 1),
      gauge("accessa_database_read_seconds", {}, Duration.toSeconds(took)),
      ...jobs(found),
      ...queue(found),
      ...workers(found),
      ...providers(found),
      ...spending(found),
      ...database(found),
      ...Option.match(statements, {
        onNone: () => [],
        onSome: ({ slow, slowestSeconds }) => [
          gauge("accessa_database_slow_statements", {}, slow),
          gauge("accessa_database_slowest_statement_seconds", {}, slowestSeconds)
        ]
      })
    ]
  })

const jobs = ({ completedLastHour, failed, open }: PipelineStats): Facts => {
  const groups = [...open, ...failed]
  return [
    gauge("accessa_jobs_in_flight", {}, open.reduce((sum, group) => sum + group.jobs, 0)),
    ...JobStatus.literals.map((status) => {
      const found = groups.find((group) => group.status === status)?.jobs ?? 0
      return gauge("accessa_jobs", { status }, status === "complete" ? completedLastHour : found)
    }),
    ...groups.map(({ oldestSeconds, status }) => gauge("accessa_job_oldest_seconds", { status }, oldestSeconds))
  ]
}

const queue = ({ deliveries, open }: PipelineStats): Facts => [
  ...Phase.literals.flatMap((phase) => {
    const waiting = open.filter(({ status }) => stateGraph[status].phase === phase)
    return [
      gauge("accessa_queue_depth", { phase }, waiting.reduce((sum, { due }) => sum + due, 0)),
      gauge("accessa_queue_oldest_seconds", { phase }, Math.max(0, ...waiting.map(({ dueSeconds }) => dueSeconds)))
    ]
  }),
  gauge("accessa_deliveries_waiting", {}, deliveries.waiting),
  gauge("accessa_delivery_oldest_seconds", {}, deliveries.dueSeconds)
]

const workers = ({ workers: { draining, newestSeconds, oldestSeconds, running, silent } }: PipelineStats): Facts => [
  gauge("accessa_workers", { state: "running" }, running),
  gauge("accessa_workers", { state: "draining" }, draining),
  gauge("accessa_workers", { state: "silent" }, silent),
  ...Option.toArray(newestSeconds).map((seconds) =>
    gauge("accessa_worker_heartbeat_age_seconds", { worker: "newest" }, seconds)
  ),
  ...Option.toArray(oldestSeconds).map((seconds) =>
    gauge("accessa_worker_heartbeat_age_seconds", { worker: "oldest" }, seconds)
  )
]

const providers = ({ alerts, circuits }: PipelineStats): Facts => [
  ...Dependency.literals.flatMap((dependency) => {
    const current = circuits.find((circuit) => circuit.dependency === dependency)?.state ?? "closed"
    return CircuitState.literals.map((state) =>
      gauge("accessa_circuit_state", { dependency, state }, state === current ? 1 : 0)
    )
  }),
  ...alerts.map(({ code, open }) => gauge("accessa_alerts_open", { code }, open))
]

const spending = ({ ledger, limitUsd, monthUsd }: PipelineStats): Facts => [
  gauge("accessa_spend_month_usd", {}, monthUsd),
  ...Option.toArray(limitUsd).map((limit) => gauge("accessa_budget_limit_usd", {}, limit)),
  gauge("accessa_ledger_tokens_last_hour", { outcome: "paid" }, ledger.paidTokens),
  gauge("accessa_ledger_tokens_last_hour", { outcome: "lost" }, ledger.lostTokens),
  gauge("accessa_ledger_cost_last_hour_usd", { outcome: "paid" }, ledger.paidUsd),
  gauge("accessa_ledger_cost_last_hour_usd", { outcome: "lost" }, ledger.lostUsd)
]

const database = ({ database: found, tables }: PipelineStats): Facts => [
  gauge("accessa_database_bytes", {}, found.bytes),
  gauge("accessa_database_connections", { state: "active" }, found.active),
  gauge("accessa_database_connections", { state: "idle" }, found.idle),
  gauge("accessa_database_connections", { state: "idle in transaction" }, found.idleInTransaction),
  gauge("accessa_database_connections", { state: "other" }, found.other),
  gauge("accessa_database_connections_max", {}, found.maxConnections),
  gauge("accessa_database_oldest_transaction_seconds", {}, found.oldestTransactionSeconds),
  ...tables.flatMap(({ bytes, deadRows, deleted, inserted, name: table, rows }) => [
    gauge("accessa_table_rows", { table }, rows),
    gauge("accessa_table_bytes", { table }, bytes),
    gauge("accessa_table_dead_rows", { table }, deadRows),
    counter("accessa_table_rows_inserted_total", { table }, inserted),
    counter("accessa_table_rows_deleted_total", { table }, deleted)
  ])
]
