/** A job as the pipeline makes it of an upload, for tests that have no database. */
import type { DateTime } from "effect"
import { randomUUID } from "node:crypto"
import type { NewDocument } from "../../../services/Documents.ts"
import { CorrelationId, DocumentId, JobId, localUserId } from "../../../src/domain/Ids.ts"
import type { Job } from "../../../src/domain/Job.ts"

export const anUpload = (fields: Partial<NewDocument> = {}): NewDocument => ({
  userId: localUserId,
  documentId: DocumentId.make(randomUUID()),
  correlationId: CorrelationId.make(randomUUID()),
  filename: "report.pdf",
  mediaType: "application/pdf",
  bytes: 1234,
  sha256: "ab".repeat(32),
  rawPath: "raw/report.pdf",
  metadata: {},
  priority: 0,
  chunker: "markdown-structure@1",
  model: { model: "text-embedding-3-small", version: "1", dimensions: 1536 },
  traceparent: null,
  force: false,
  requestId: null,
  quotaBytes: Number.MAX_SAFE_INTEGER,
  ...fields
})

export const jobOf = (document: NewDocument, now: DateTime.Utc): Job => ({
  job_id: JobId.make(randomUUID()),
  user_id: document.userId,
  document_id: document.documentId,
  correlation_id: document.correlationId,
  filename: document.filename,
  media_type: document.mediaType,
  bytes: document.bytes,
  raw_sha256: document.sha256,
  status: "uploaded",
  raw_path: document.rawPath,
  parsed_path: null,
  parsed_sha256: null,
  parse_report: null,
  embedding_plan: null,
  chunks_version: document.chunker,
  embed_model: document.model.model,
  embed_version: document.model.version,
  progress: { chunks_total: 0, chunks_done: 0, embeds_total: 0, embeds_done: 0 },
  priority: document.priority,
  retry_count: 0,
  crash_count: 0,
  last_error: null,
  tokens_paid: 0,
  cost_usd: 0,
  vectors_reused: 0,
  provider_job_id: null,
  run_at: now,
  lease_until: null,
  processing_started_at: null,
  processing_completed_at: null,
  created_at: now,
  updated_at: now
})
