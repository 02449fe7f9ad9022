/** Facts that the database knows. Every API process gives the same, so take one of them, not their sum. */
import { CircuitState } from "../../src/domain/Circuit.ts"
import { Dependency } from "../../src/domain/Dependency.ts"
import { JobStatus, Phase } from "../../src/domain/JobStatus.ts"
import type { MetricDefinition } from "./MetricDefinition.ts"

const once = ["once"] as const
const tables = { table: { what: "the schema's tables", atMost: 60 } } as const

export const databaseMetrics = {
  accessa_database_up: {
    type: "gauge",
    by: once,
    help: "1 if the database could be read; 0 if not, and then all other metrics of this table are absent.",
    labels: {}
  },
  accessa_database_read_seconds: {
    type: "gauge",
    by: once,
    help: "How long it took to read these metrics.",
    labels: {}
  },
  accessa_jobs: {
    type: "gauge",
    by: once,
    help: "Jobs in a status. Of complete, those of the last hour; of a failed status, at most 100,000 are counted.",
    labels: { status: JobStatus.literals }
  },
  accessa_job_oldest_seconds: {
    type: "gauge",
    by: once,
    help: "Seconds since the oldest job in a status was last written. Absent if there is none.",
    labels: { status: JobStatus.literals }
  },
  accessa_jobs_in_flight: { type: "gauge", by: once, help: "Jobs that have not ended.", labels: {} },
  accessa_queue_depth: {
    type: "gauge",
    by: once,
    help: "Jobs that are due and that no worker holds, by phase.",
    labels: { phase: Phase.literals }
  },
  accessa_queue_oldest_seconds: {
    type: "gauge",
    by: once,
    help: "How long the first of them has been due; 0 if none is.",
    labels: { phase: Phase.literals }
  },
  accessa_workers: {
    type: "gauge",
    by: once,
    help: "Workers by state. Silent: its heartbeat is overdue.",
    labels: { state: ["running", "draining", "silent"] }
  },
  accessa_worker_heartbeat_age_seconds: {
    type: "gauge",
    by: once,
    help:
      "Seconds since the heartbeat of the worker that wrote last, and of the one silent for longest. Absent without workers.",
    labels: { worker: ["newest", "oldest"] }
  },
  accessa_circuit_state: {
    type: "gauge",
    by: once,
    help: "1 for the state that the circuit to a dependency is in.",
    labels: { dependency: Dependency.literals, state: CircuitState.literals }
  },
  accessa_alerts_open: {
    type: "gauge",
    by: once,
    help: "Firing alerts by code, including acknowledged and silenced ones.",
    labels: { code: { what: "the codes of alerts", atMost: 100 } }
  },
  accessa_spend_month_usd: {
    type: "gauge",
    by: once,
    help: "US dollars spent on embeddings in this calendar month (UTC).",
    labels: {}
  },
  accessa_budget_limit_usd: {
    type: "gauge",
    by: once,
    help: "The overall budget for a month. Absent without a limit.",
    labels: {}
  },
  accessa_ledger_tokens_last_hour: {
    type: "gauge",
    by: once,
    help: "Tokens in the ledger's rows of the last hour, with those that the sweep wrote off as lost.",
    labels: { outcome: ["paid", "lost"] }
  },
  accessa_ledger_cost_last_hour_usd: {
    type: "gauge",
    by: once,
    help: "US dollars for these tokens.",
    labels: { outcome: ["paid", "lost"] }
  },
  accessa_deliveries_waiting: { type: "gauge", by: once, help: "Webhook deliveries not yet made.", labels: {} },
  accessa_delivery_oldest_seconds: {
    type: "gauge",
    by: once,
    help: "How long the first of them has been due; 0 if none is.",
    labels: {}
  },
  accessa_database_bytes: { type: "gauge", by: once, help: "Size of the database.", labels: {} },
  accessa_database_connections: {
    type: "gauge",
    by: once,
    help: "Connections to the database, of all applications, by state.",
    labels: { state: ["active", "idle", "idle in transaction", "other"] }
  },
  accessa_database_connections_max: { type: "gauge", by: once, help: "The server's max_connections.", labels: {} },
  accessa_database_oldest_transaction_seconds: {
    type: "gauge",
    by: once,
    help: "Age of the oldest open transaction that the service may see; 0 without one.",
    labels: {}
  },
  accessa_database_slow_statements: {
    type: "gauge",
    by: once,
    help: "Different statements whose mean time is above SLOW_STATEMENT_MS. Absent without pg_stat_statements.",
    labels: {}
  },
  accessa_database_slowest_statement_seconds: {
    type: "gauge",
    by: once,
    help: "The highest mean time of a statement. Absent without pg_stat_statements.",
    labels: {}
  },
  accessa_table_rows: {
    type: "gauge",
    by: once,
    help: "Rows of a table, as the database estimates them.",
    labels: tables
  },
  accessa_table_bytes: { type: "gauge", by: once, help: "Size of a table with its indexes.", labels: tables },
  accessa_table_dead_rows: {
    type: "gauge",
    by: once,
    help: "Rows of a table that wait for vacuum, as the database estimates them.",
    labels: tables
  },
  accessa_table_rows_inserted_total: {
    type: "counter",
    by: once,
    help: "Rows inserted since the database's statistics were reset: a buffer's growth.",
    labels: tables
  },
  accessa_table_rows_deleted_total: {
    type: "counter",
    by: once,
    help: "Rows deleted since then: its cleanup.",
    labels: tables
  }
} as const satisfies Readonly<Record<string, MetricDefinition>>
