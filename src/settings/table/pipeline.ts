/** Settings of the pipeline: parser, callbacks, chunks, embeddings, worker and retention. */
import { Redacted } from "effect"
import { ChunkerId } from "../../domain/Chunk.ts"
import {
  address,
  byDefault,
  byPlace,
  flag,
  locally,
  nonEmpty,
  oneOf,
  optional,
  port,
  rate,
  seconds,
  secret,
  secretHeader,
  setting,
  someOf,
  whole
} from "../Setting.ts"

/** Placeholder for a paid account's key; only the mocks accept it. */
export const mockKey = Redacted.make("local-mock-key")

export const parser = {
  PARSER: setting(
    ["api", "worker"],
    oneOf("llamaparse", "local"),
    byDefault("llamaparse" as const),
    "llamaparse, or local: parse on this machine without any service, with OCR of scans."
  ),
  OCR_LANGUAGES: setting(
    ["api", "worker"],
    someOf("eng", "deu", "spa", "fra"),
    byDefault("eng"),
    "Languages of scans for PARSER=local and the mock, comma separated: eng, deu, spa, fra. Each makes OCR slower."
  ),
  COVERAGE_POLICY: setting(
    ["worker"],
    oneOf("warn", "fallback", "fail"),
    byDefault("warn" as const),
    "If the parsed text lacks something of its document: warn (complete, with warnings), fallback (read those pages with the "
      + "local parser or by OCR, then as warn) or fail (PARSE_INCOMPLETE, before anything is bought)."
  ),
  COVERAGE_LEAST_PERCENT: setting(
    ["worker"],
    whole(0, 100, "percent"),
    byDefault(90),
    "Percent of a source's words that its parsed text must have; with fewer, COVERAGE_POLICY applies."
  ),
  LLAMAPARSE_API_URL: setting(
    ["api", "worker", "cli", "scripts"],
    address,
    byPlace(undefined, new URL("https://api.cloud.llamaindex.ai")),
    "Unset: the mock locally, https://api.cloud.llamaindex.ai elsewhere."
  ),
  LLAMAPARSE_API_KEY: setting(["api", "worker"], secretHeader, locally(mockKey), "The mock accepts any key."),
  LLAMAPARSE_TIER: setting(
    ["api", "worker"],
    oneOf("cost_effective", "agentic", "agentic_plus"),
    byDefault("cost_effective" as const),
    "cost_effective, agentic or agentic_plus."
  ),
  LLAMAPARSE_VERSION: setting(["api", "worker"], nonEmpty, byDefault("latest"), "Version of the tier.")
}

export const webhooks = {
  WEBHOOK_SECRETS: setting(
    ["api", "worker"],
    secret,
    locally(mockKey),
    "Secrets that sign callback addresses and upload addresses, each at least 32 characters outside local. "
      + "Comma-separated: the first signs, all verify."
  ),
  EGRESS_ALLOW_PRIVATE: setting(
    ["api", "worker"],
    flag,
    byDefault(false),
    "true: allow webhooks to this machine and private networks, also over plain http. Only if ACCESSA_ENV is local."
  )
}

export const embeddings = {
  CHUNKER: setting(
    ["api"],
    oneOf(...ChunkerId.literals),
    byDefault("markdown-structure@2" as const),
    "How text is split: markdown-structure@2 (headings, tables, token limits; each chunk embedded with its document's name and "
      + "headings), markdown-structure@1 (the same without them) or markdown-simple@1."
  ),
  OPENAI_API_URL: setting(
    ["api", "worker", "cli", "scripts"],
    address,
    byPlace(undefined, new URL("https://api.openai.com/v1")),
    "Unset: the mock locally, https://api.openai.com/v1 elsewhere."
  ),
  OPENAI_API_KEY: setting(["api", "worker"], secretHeader, locally(mockKey), "The mock accepts any key."),
  EMBED_MODEL: setting(
    ["api", "worker"],
    nonEmpty,
    byDefault("text-embedding-3-small"),
    "Embedding model; must have 1536 dimensions."
  ),
  EMBED_VERSION: setting(
    ["api", "worker"],
    nonEmpty,
    byDefault("1"),
    "Increase it when the same model starts to return different vectors: vectors of other versions are not reused."
  )
}

export const worker = {
  WORKER_CONCURRENCY: setting(["worker"], whole(1, 1_000, "jobs"), byDefault(128), "Concurrent jobs."),
  WORKER_LEASE_SECONDS: setting(
    ["api", "worker"],
    seconds,
    byDefault(30),
    "Seconds without a heartbeat after which other workers take over a worker's jobs."
  ),
  WORKER_HEARTBEAT_SECONDS: setting(
    ["worker"],
    seconds,
    byDefault(10),
    "Seconds between heartbeats of a worker with jobs."
  ),
  OUTAGE_HOURS: setting(
    ["worker"],
    whole(1, 8_760, "hours"),
    byDefault(24),
    "Hours a job waits for a parser, embedder or storage that is unavailable or limits our rate. After that it fails and can "
      + "be retried by hand."
  ),
  WORKER_HEALTH_PORT: setting(["worker", "scripts"], port, byDefault(8003), "Port of the worker's `GET /health`.")
}

const days = whole(0, 36_500, "days")

export const retention = {
  KEEP_HISTORY_DAYS: setting(
    ["worker"],
    days,
    byDefault(365),
    "Days to keep a job's history after the job ends; the job, its document and its receipt stay. 0 means forever, "
      + "here and below."
  ),
  KEEP_SPENDING_DAYS: setting(
    ["worker"],
    days,
    byDefault(400),
    "Days to keep the cost of single searches and monthly spending. The cost of a document is kept with it."
  ),
  KEEP_ALERTS_DAYS: setting(["worker"], days, byDefault(90), "Days to keep closed alerts."),
  KEEP_KEYS_DAYS: setting(["worker"], days, byDefault(365), "Days to keep revoked and expired API keys."),
  KEEP_CALLBACKS_DAYS: setting(
    ["worker"],
    days,
    byDefault(2),
    "Days to keep received parser callbacks: at least 2, so that a repeated one is recognized."
  ),
  KEEP_DELIVERIES_DAYS: setting(["worker"], days, byDefault(30), "Days to keep webhook deliveries after their end."),
  KEEP_ANSWERS_HOURS: setting(
    ["api"],
    whole(1, 8_760, "hours"),
    byDefault(24),
    "Hours in which a request repeated with the same Idempotency-Key gets the same answer."
  ),
  KEEP_WORKERS_DAYS: setting(["worker"], days, byDefault(1), "Days to list a worker after its last heartbeat."),
  KEEP_SIZES_DAYS: setting(
    ["worker"],
    days,
    byDefault(90),
    "Days to keep the hourly sizes of tables, from which their growth is computed."
  ),
  KEEP_AUDIT_DAYS: setting(
    ["worker"],
    days,
    byDefault(365),
    "Days before entries of the audit log move to its archive, which is kept forever and checked like the log."
  )
}

export const mocks = {
  MOCK_LLAMAPARSE_PORT: setting(["all", "cli", "scripts"], port, byDefault(8001), "Port of the mock LlamaParse."),
  MOCK_LLAMAPARSE_DELAY: setting(["mocks"], seconds, byDefault(2), "Seconds a parse takes."),
  MOCK_LLAMAPARSE_FAILURE_RATE: setting(["mocks"], rate, byDefault(0), "Share of parses that fail, from 0 to 1."),
  MOCK_LLAMAPARSE_CONTENT: setting(
    ["mocks"],
    oneOf("document", "synthetic"),
    byDefault("document" as const),
    "document: the text of the uploaded file. synthetic: generated text that depends only on the document id."
  ),
  MOCK_OPENAI_PORT: setting(["all", "cli", "scripts"], port, byDefault(8002), "Port of the mock OpenAI."),
  MOCK_OPENAI_DELAY: setting(["mocks"], seconds, byDefault(0), "Seconds a request takes."),
  MOCK_OPENAI_FAILURE_RATE: setting(["mocks"], rate, byDefault(0), "Share of requests that fail, from 0 to 1."),
  MOCK_OPENAI_RATE_LIMIT: setting(
    ["mocks"],
    whole(1, 1_000_000, "requests a minute"),
    optional,
    "Requests per minute. Unset: no limit."
  ),
  MOCK_OPENAI_VECTORS: setting(
    ["mocks"],
    oneOf("lexical", "random"),
    byDefault("lexical" as const),
    "lexical: texts that share words get similar vectors, so searches work. random: vectors from a hash of the "
      + "text."
  ),
  MOCK_SCENARIO: setting(
    ["mocks"],
    nonEmpty,
    optional,
    "A scenario file such as examples/scenarios/outage.yml: see docs/mocks.md."
  )
}
