/** A job as created from an upload, for tests without a database. */
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
  jobId: JobId.make(randomUUID()),
  userId: document.userId,
  documentId: document.documentId,
  parentDocumentId: document.parentDocumentId ?? null,
  correlationId: document.correlationId,
  traceId: document.traceparent?.split("-")[1] ?? null,
  filename: document.filename,
  mediaType: document.mediaType,
  bytes: document.bytes,
  rawSha256: document.sha256,
  status: "uploaded",
  rawPath: document.rawPath,
  parsedPath: null,
  parsedSha256: null,
  parseReport: null,
  embeddingPlan: null,
  chunksVersion: document.chunker,
  embedModel: document.model.model,
  embedVersion: document.model.version,
  progress: { chunksTotal: 0, chunksDone: 0, embedsTotal: 0, embedsDone: 0 },
  priority: document.priority,
  retryCount: 0,
  crashCount: 0,
  lastError: null,
  tokensPaid: 0,
  costUsd: 0,
  vectorsReused: 0,
  providerJobId: null,
  runAt: now,
  leaseUntil: null,
  processingStartedAt: null,
  processingCompletedAt: null,
  createdAt: now,
  updatedAt: now
})
