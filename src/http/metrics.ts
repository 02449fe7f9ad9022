/**
 * The overview in Prometheus's text format (0.0.4). The counts come from the database, so every API process reports the
 * same.
 */
import type { DateTime } from "effect"
import { type MetricDefinition, type MetricName, metrics } from "../../otel/metrics.ts"
import type { Capacity, Overview } from "../domain/Overview.ts"

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"").replaceAll("\n", "\\n")

const line = (name: string, { labels, value }: Sample): string => {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`)
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`
}

export const renderMetrics = (seen: Overview, capacity: Capacity): string => {
  const samples = samplesOf(seen, capacity)
  return Object.entries(metrics).flatMap(([name, { help, type }]: readonly [string, MetricDefinition]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.filter((each) => each.name === name).map((each) => line(name, each))
  ]).join("\n") + "\n"
}

const samplesOf = (seen: Overview, capacity: Capacity) => {
  const samples: Array<Sample & { readonly name: MetricName }> = []
  const add = (name: MetricName, value: number, labels: Readonly<Record<string, string>> = {}) =>
    samples.push({ name, labels, value })
  const age = (time: DateTime.Utc) => Math.max(0, (seen.at.epochMilliseconds - time.epochMilliseconds) / 1_000)

  for (const { entered_last_minute, jobs, oldest_since, status } of seen.statuses) {
    add("accessa_jobs", jobs, { status })
    add("accessa_jobs_entered_last_minute", entered_last_minute, { status })
    if (oldest_since !== null) add("accessa_job_oldest_seconds", age(oldest_since), { status })
  }
  for (const { p50_ms, p95_ms, status } of seen.stages) {
    if (p50_ms !== null) add("accessa_status_seconds", p50_ms / 1_000, { status, quantile: "0.5" })
    if (p95_ms !== null) add("accessa_status_seconds", p95_ms / 1_000, { status, quantile: "0.95" })
  }
  for (const state of ["running", "draining", "silent"] as const) {
    add("accessa_workers", seen.workers.filter((worker) => worker.state === state).length, { state })
  }
  for (const { stale_writes, worker_id } of seen.workers) {
    add("accessa_worker_stale_writes", stale_writes, { worker: worker_id })
  }
  for (const { name, state } of seen.providers) {
    add("accessa_circuit_open", state === "closed" ? 0 : 1, { dependency: name, state })
  }
  for (const code of new Set(seen.alerts.map((alert) => alert.code))) {
    add("accessa_alerts_open", seen.alerts.filter((alert) => alert.code === code).length, { code })
  }
  add("accessa_jobs_in_flight", seen.in_flight)
  add("accessa_spend_today_usd", seen.spend.today_usd)
  add("accessa_spend_month_usd", seen.spend.month_usd)
  add("accessa_spend_lost_today_usd", seen.spend.lost_today_usd)
  add("accessa_tokens_today", seen.spend.tokens_today)
  add("accessa_database_bytes", capacity.database_bytes)
  add("accessa_database_connections", capacity.connections)
  for (const { bytes, dead_rows, name } of capacity.tables) {
    add("accessa_table_bytes", bytes, { table: name })
    add("accessa_table_dead_rows", dead_rows, { table: name })
  }
  return samples
}
