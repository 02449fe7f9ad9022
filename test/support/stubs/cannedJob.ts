/** Jobs as the API shows them, for tests that need one. */
import { DateTime } from "effect"
import { randomUUID } from "node:crypto"
import type { JobView } from "../../../src/api/jobs.ts"
import { CorrelationId, DocumentId, JobId, localUserId } from "../../../src/domain/Ids.ts"

export const correlationId = CorrelationId.make("11111111-1111-4111-8111-111111111111")
export const at = DateTime.makeUnsafe("2026-05-01T12:00:00Z")

export const aJob = (fields: Partial<JobView> = {}): JobView => ({
  jobId: JobId.make(randomUUID()),
  userId: localUserId,
  documentId: DocumentId.make(randomUUID()),
  correlationId,
  traceId: null,
  filename: "report.pdf",
  mediaType: "application/pdf",
  bytes: 1234,
  rawSha256: "ab".repeat(32),
  status: "uploaded",
  rawPath: "raw/x",
  parsedPath: null,
  parsedSha256: null,
  parseReport: null,
  embeddingPlan: null,
  chunksVersion: "markdown-structure@1",
  embedModel: "text-embedding-3-small",
  embedVersion: "1",
  progress: { chunksTotal: 0, chunksDone: 0, embedsTotal: 0, embedsDone: 0 },
  priority: 0,
  retryCount: 0,
  crashCount: 0,
  lastError: null,
  tokensPaid: 0,
  costUsd: 0,
  vectorsReused: 0,
  providerJobId: null,
  runAt: at,
  leaseUntil: null,
  processingStartedAt: null,
  processingCompletedAt: null,
  createdAt: at,
  updatedAt: at,
  warnings: [],
  errorCode: null,
  traceUrl: null,
  links: { self: "", events: "", explain: "", receipt: "", logs: "", cancel: "", retry: "", document: "", chunks: "" },
  ...fields
})

export const failedJob = (fields: Partial<JobView> = {}): JobView =>
  aJob({
    status: "failed_embedding",
    errorCode: "EMBED_DIM_MISMATCH",
    lastError: {
      code: "EMBED_DIM_MISMATCH",
      class: "permanent",
      message: "The provider returned 768 dimensions, the index wants 1536",
      help: "Set EMBED_MODEL to another model.",
      kept: "1,024 chunks.",
      atStatus: "embedding_in_progress"
    },
    ...fields
  })
