/** Every metric by its name: what it measures, and its labels. Their values are few: statuses, dependencies, states, tables. */

export interface MetricDefinition {
  readonly type: "gauge" | "counter"
  readonly help: string
  readonly labels: ReadonlyArray<string>
}

export const metrics = {
  accessa_jobs: { type: "gauge", help: "Jobs in a status; of complete, those of the last hour.", labels: ["status"] },
  accessa_job_oldest_seconds: {
    type: "gauge",
    help: "Seconds since the oldest job of a status was last written.",
    labels: ["status"]
  },
  accessa_jobs_entered_last_minute: {
    type: "gauge",
    help: "Jobs that entered a status in the last minute.",
    labels: ["status"]
  },
  accessa_jobs_in_flight: { type: "gauge", help: "Jobs that have not ended.", labels: [] },
  accessa_status_seconds: {
    type: "gauge",
    help: "Seconds that jobs stayed in a status, of the newest events of the last hour.",
    labels: ["status", "quantile"]
  },
  accessa_workers: { type: "gauge", help: "Workers by state.", labels: ["state"] },
  accessa_worker_stale_writes: {
    type: "counter",
    help: "Writes refused because another worker held the job.",
    labels: ["worker"]
  },
  accessa_circuit_open: {
    type: "gauge",
    help: "1 while the circuit to a dependency is not closed.",
    labels: ["dependency", "state"]
  },
  accessa_alerts_open: { type: "gauge", help: "Open alerts by code.", labels: ["code"] },
  accessa_spend_today_usd: { type: "gauge", help: "US dollars paid for embeddings since midnight UTC.", labels: [] },
  accessa_spend_month_usd: { type: "gauge", help: "US dollars spent in this calendar month (UTC).", labels: [] },
  accessa_spend_lost_today_usd: {
    type: "gauge",
    help: "US dollars paid since midnight UTC for answers that were lost.",
    labels: []
  },
  accessa_tokens_today: { type: "gauge", help: "Tokens paid for since midnight UTC.", labels: [] },
  accessa_database_bytes: { type: "gauge", help: "Size of the database.", labels: [] },
  accessa_database_connections: {
    type: "gauge",
    help: "Connections to the database, of all applications.",
    labels: []
  },
  accessa_table_bytes: { type: "gauge", help: "Size of a table with its indexes.", labels: ["table"] },
  accessa_table_dead_rows: {
    type: "gauge",
    help: "Rows of a table that wait for vacuum, as the database estimates them.",
    labels: ["table"]
  }
} as const satisfies Readonly<Record<string, MetricDefinition>>

export type MetricName = keyof typeof metrics
