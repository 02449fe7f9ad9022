/** Metrics that each process counts for itself: add them up over the instances. */
import { Dependency } from "../../src/domain/Dependency.ts"
import { ErrorClass, ErrorCode, errorCodes } from "../../src/domain/ErrorCode.ts"
import { JobStatus } from "../../src/domain/JobStatus.ts"
import type { MetricDefinition } from "./MetricDefinition.ts"

const every = ["api", "worker", "monitor"] as const
const databaseUsers = ["api", "worker"] as const

const stageNames = ["parse", "text", "vectors"] as const
export type StageName = (typeof stageNames)[number]

const stageOutcomes = [
  "advanced",
  "waiting",
  "retried",
  "parked",
  "failed",
  "stale",
  "unwritten",
  "interrupted"
] as const
export type StageOutcome = (typeof stageOutcomes)[number]

const callOutcomes = ["ok", "rate_limited", "transient", "recoverable", "permanent", "interrupted"] as const

const calls = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const minutes = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800]

export const processMetrics = {
  accessa_build_info: {
    type: "gauge",
    by: every,
    help: "Always 1; the label is the version that runs.",
    labels: { version: { what: "the process's version", atMost: 1 } }
  },
  process_start_time_seconds: { type: "gauge", by: every, help: "When the process started (Unix time).", labels: {} },
  process_cpu_seconds_total: { type: "counter", by: every, help: "CPU time of the process.", labels: {} },
  process_resident_memory_bytes: { type: "gauge", by: every, help: "Memory of the process.", labels: {} },
  nodejs_heap_size_used_bytes: { type: "gauge", by: every, help: "JavaScript heap in use.", labels: {} },
  accessa_event_loop_lag_seconds: {
    type: "histogram",
    by: every,
    help: "How much later than planned a timer ran, sampled twice a second.",
    labels: {},
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]
  },
  accessa_event_loop_busy_seconds_total: {
    type: "counter",
    by: every,
    help: "Time during which the event loop ran code instead of waiting.",
    labels: {}
  },
  accessa_http_request_seconds: {
    type: "histogram",
    by: every,
    help: "Requests received, until the response began, by method and class of status.",
    labels: {
      method: ["GET", "POST", "PUT", "PATCH", "DELETE", "other"],
      status: ["1xx", "2xx", "3xx", "4xx", "5xx"]
    },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  },
  accessa_http_unreadable_total: {
    type: "counter",
    by: every,
    help: "Malformed requests, by status: not HTTP, too slow, or with headers that are too long.",
    labels: { status: ["400", "408", "431"] }
  },
  accessa_errors_total: {
    type: "counter",
    by: databaseUsers,
    help: "Errors that stages or requests ended with. A retried stage counts each time.",
    labels: { class: ErrorClass.literals, code: ErrorCode.literals, dependency: [...Dependency.literals, "none"] },
    series: Object.entries(errorCodes).map(([code, entry]) => ({
      class: entry.class,
      code,
      dependency: entry.dependency ?? "none"
    }))
  },
  accessa_database_call_seconds: {
    type: "histogram",
    by: databaseUsers,
    help: "Statements and transactions, with the wait for a connection.",
    labels: { outcome: ["ok", "failed"] },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  },
  accessa_database_slow_calls_total: {
    type: "counter",
    by: databaseUsers,
    help: "Statements and transactions that took longer than SLOW_STATEMENT_MS.",
    labels: {}
  },
  accessa_database_calls_in_flight: {
    type: "gauge",
    by: databaseUsers,
    help: "Statements and transactions under way or waiting for a connection.",
    labels: {}
  },
  accessa_database_pool_connections: {
    type: "gauge",
    by: databaseUsers,
    help: "Most connections of the process (DATABASE_CONNECTIONS).",
    labels: {}
  },
  accessa_provider_call_seconds: {
    type: "histogram",
    by: databaseUsers,
    help:
      "Calls to a provider; of reads from the storage, the time to the first bytes. A 429 has the outcome rate_limited.",
    labels: {
      dependency: ["parser", "embedder", "storage"],
      operation: ["embed", "create", "get", "result", "list", "cancel", "remove", "put", "stat", "sign"],
      outcome: callOutcomes
    },
    buckets: calls
  },
  accessa_provider_rate_limit: {
    type: "gauge",
    by: databaseUsers,
    help: "The provider's limit, from the x-ratelimit headers of its latest response.",
    labels: { dependency: ["parser", "embedder"], kind: ["requests", "tokens"] }
  },
  accessa_provider_rate_remaining: {
    type: "gauge",
    by: databaseUsers,
    help: "What is left of that limit.",
    labels: { dependency: ["parser", "embedder"], kind: ["requests", "tokens"] }
  },
  accessa_embedding_tokens_total: {
    type: "counter",
    by: databaseUsers,
    help: "Tokens of embeddings: paid for and stored, or billed although the answer was lost.",
    labels: { outcome: ["paid", "lost"] }
  },
  accessa_embedding_cost_usd_total: {
    type: "counter",
    by: databaseUsers,
    help: "US dollars for these tokens.",
    labels: { outcome: ["paid", "lost"] }
  },
  accessa_embedding_vectors_total: {
    type: "counter",
    by: databaseUsers,
    help: "Vectors by origin: bought, or reused because the user already had them.",
    labels: { outcome: ["bought", "reused"] }
  },
  accessa_callbacks_total: {
    type: "counter",
    by: ["api"],
    help: "Callbacks of the parser by verdict; all but the first two are refused.",
    labels: {
      verdict: ["recorded", "duplicate", "content type", "size", "address", "signature", "unknown job", "body", "age"]
    }
  },
  accessa_credentials_refused_total: {
    type: "counter",
    by: ["api"],
    help: "Requests refused for their credential.",
    labels: { reason: ["missing", "invalid"] }
  },
  accessa_jobs_running: { type: "gauge", by: ["worker"], help: "Jobs that the worker holds.", labels: {} },
  accessa_worker_slots: {
    type: "gauge",
    by: ["worker"],
    help: "Jobs that the worker may hold (WORKER_CONCURRENCY).",
    labels: {}
  },
  accessa_worker_heartbeat_timestamp_seconds: {
    type: "gauge",
    by: ["worker"],
    help: "When the worker last wrote its heartbeat (Unix time).",
    labels: {}
  },
  accessa_worker_clock_ahead_seconds: {
    type: "gauge",
    by: ["worker"],
    help: "How far the worker's clock is ahead of the database's, at the last heartbeat; negative if it is behind.",
    labels: {}
  },
  accessa_stage_seconds: {
    type: "histogram",
    by: ["worker"],
    help:
      "Runs of a stage by outcome. Waiting: for the parser. Stale: another worker held the job by then. Unwritten: the database did not accept the outcome, and the sweep releases the job.",
    labels: {
      stage: stageNames,
      outcome: stageOutcomes
    },
    buckets: minutes
  },
  accessa_job_moves_total: {
    type: "counter",
    by: ["worker"],
    help: "Moves of jobs into a status that this worker wrote.",
    labels: { status: JobStatus.literals }
  },
  accessa_time_to_seconds: {
    type: "histogram",
    by: ["worker"],
    help:
      "From the upload to the parsed text, the chunks, the first vector, and completion. The time that a failed job waited to be retried counts.",
    labels: { milestone: ["parsed", "chunked", "first_vector", "complete"] },
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200]
  },
  accessa_stale_writes_total: {
    type: "counter",
    by: ["worker"],
    help: "Writes refused because another worker held the job or delivery by then.",
    labels: { what: ["job", "delivery"] }
  },
  accessa_leases_expired_total: {
    type: "counter",
    by: ["worker"],
    help: "Jobs whose worker lost its lease: released to another, or given up after too many crashes.",
    labels: { outcome: ["released", "dead"] }
  },
  accessa_webhook_delivery_seconds: {
    type: "histogram",
    by: ["worker"],
    help: "Attempts to deliver a webhook by outcome.",
    labels: { outcome: ["delivered", "retried", "dead"] },
    buckets: calls
  },
  accessa_parse_pool_busy: {
    type: "gauge",
    by: ["worker"],
    help: "1 while the local parser's lane is taken.",
    labels: { lane: ["short", "long"] }
  },
  accessa_parse_pool_waiting: {
    type: "gauge",
    by: ["worker"],
    help: "Documents that wait for the local parser's lane.",
    labels: { lane: ["short", "long"] }
  },
  accessa_pruned_rows_total: { type: "counter", by: ["worker"], help: "Expired rows removed.", labels: {} }
} as const satisfies Readonly<Record<string, MetricDefinition>>
