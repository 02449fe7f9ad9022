/** Jobs as the API shows them, for tests that need one. */
import { DateTime } from "effect"
import { randomUUID } from "node:crypto"
import type { JobView } from "../../../src/api/jobs.ts"
import { CorrelationId, DocumentId, JobId, localUserId } from "../../../src/domain/Ids.ts"

export const correlationId = CorrelationId.make("11111111-1111-4111-8111-111111111111")
export const at = DateTime.makeUnsafe("2026-05-01T12:00:00Z")

export const aJob = (fields: Partial<JobView> = {}): JobView => ({
  job_id: JobId.make(randomUUID()),
  user_id: localUserId,
  document_id: DocumentId.make(randomUUID()),
  correlation_id: correlationId,
  filename: "report.pdf",
  media_type: "application/pdf",
  bytes: 1234,
  raw_sha256: "ab".repeat(32),
  status: "uploaded",
  raw_path: "raw/x",
  parsed_path: null,
  parsed_sha256: null,
  parse_report: null,
  embedding_plan: null,
  chunks_version: "markdown-structure@1",
  embed_model: "text-embedding-3-small",
  embed_version: "1",
  progress: { chunks_total: 0, chunks_done: 0, embeds_total: 0, embeds_done: 0 },
  priority: 0,
  retry_count: 0,
  crash_count: 0,
  last_error: null,
  tokens_paid: 0,
  cost_usd: 0,
  vectors_reused: 0,
  provider_job_id: null,
  run_at: at,
  lease_until: null,
  processing_started_at: null,
  processing_completed_at: null,
  created_at: at,
  updated_at: at,
  error_code: null,
  links: { self: "", events: "", explain: "", receipt: "", cancel: "", retry: "", document: "", chunks: "" },
  ...fields
})

export const failedJob = (fields: Partial<JobView> = {}): JobView =>
  aJob({
    status: "failed_embedding",
    error_code: "EMBED_DIM_MISMATCH",
    last_error: {
      code: "EMBED_DIM_MISMATCH",
      class: "permanent",
      message: "The provider returned 768 dimensions, the index wants 1536",
      help: "Set EMBED_MODEL to another model.",
      kept: "1,024 chunks.",
      at_status: "embedding_in_progress"
    },
    ...fields
  })
