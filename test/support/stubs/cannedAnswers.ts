/** What the stub of the API answers. */
import { DateTime, Effect } from "effect"
import { randomUUID } from "node:crypto"
import { NotReady } from "../../../src/api/health.ts"
import type { JobView } from "../../../src/api/jobs.ts"
import type { StorageCheck } from "../../../src/api/operations.ts"
import { Conflict } from "../../../src/api/Problem.ts"
import type { Quote } from "../../../src/api/quotes.ts"
import { ChunkId, DocumentId, localUserId } from "../../../src/domain/Ids.ts"
import type { JobEvent } from "../../../src/domain/Job.ts"
import type { JobStatus } from "../../../src/domain/JobStatus.ts"
import { at, correlationId, failedJob } from "./cannedJob.ts"

const path: ReadonlyArray<JobStatus> = [
  "uploaded",
  "parsed",
  "chunks_stored",
  "embedding_in_progress",
  "complete"
]

/** One state further, with the matching counts. */
export const advance = (job: JobView): JobView => {
  const next = path[path.indexOf(job.status) + 1] ?? job.status
  if (next === "complete" && job.filename.startsWith("fails-")) {
    return failedJob({ jobId: job.jobId, filename: job.filename })
  }
  const total = path.indexOf(next) >= 2 ? 12 : 0
  const done = next === "complete" ? 12 : next === "embedding_in_progress" ? 5 : 0
  return {
    ...job,
    status: next,
    progress: { chunksTotal: total, chunksDone: total, embedsTotal: total, embedsDone: done },
    tokensPaid: done * 100,
    costUsd: done * 0.0001
  }
}

export const aChunk = (ordinal: number) => ({
  chunkId: ChunkId.make("22222222-2222-4222-8222-222222222222"),
  ordinal,
  text: `Text \u001b[31mnumber\u0007 ${ordinal}`,
  headings: ["Cover"],
  page: 3,
  sha256: "cd".repeat(32),
  start: 0,
  end: 10,
  embedded: true
})

export const eventsOf = (job: JobView): ReadonlyArray<JobEvent> => {
  const states = [...path.slice(0, Math.max(0, path.indexOf(job.status))), job.status]
  return states.map((toStatus, index) => ({
    eventId: index + 1,
    jobId: job.jobId,
    type: "moved",
    fromStatus: states[index - 1] ?? null,
    toStatus,
    code: null,
    message: null,
    actor: "worker:1",
    fence: 1,
    progress: job.progress,
    createdAt: DateTime.add(at, { seconds: index })
  }))
}

export const receiptOf = (job: JobView) => ({
  chunksExpected: 12,
  chunksStored: 12,
  vectorsStored: job.progress.embedsDone,
  embedModel: job.embedModel,
  embedVersion: job.embedVersion,
  dimensions: 1536,
  contentSha256: "ef".repeat(32),
  parsedSha256: "01".repeat(32),
  tokensPaid: job.tokensPaid,
  vectorsReused: 0,
  warnings: [],
  replaced: [],
  failedChecks: job.status === "complete" ? [] : ["vectors_match_chunks" as const]
})

export const retried = (job: JobView) =>
  job.status.startsWith("failed")
    ? Effect.succeed({ ...job, status: "embedding_queued" as const })
    : Effect.fail(
      new Conflict({
        code: "JOB_NOT_RETRYABLE",
        detail: `A job that is ${job.status} has not failed.`,
        correlation_id: correlationId
      })
    )

export const storageAndDatabase = [
  { name: "database" as const, ok: true, detail: "answers in 2 ms" },
  { name: "storage" as const, ok: true, detail: "writable" }
]
export const aWorker = { name: "worker" as const, ok: true, detail: "1 worker, heartbeat 2 s ago" }
export const notReady = new NotReady({
  detail: "No worker is alive.",
  code: "NOT_READY",
  class: "recoverable",
  correlation_id: correlationId,
  retry_after_s: 10,
  checks: [...storageAndDatabase, { name: "worker", ok: false, detail: "no heartbeat" }]
})

/** Two pages of one document each, the second with what is lost. */
export const storagePage = (cursor: string | undefined, lost: string | undefined): typeof StorageCheck.Type => ({
  documents: 1,
  missing: cursor === undefined || lost === undefined
    ? []
    : [{ user_id: localUserId, document_id: DocumentId.make(randomUUID()), path: lost }],
  nextCursor: cursor === undefined ? "more" : null
})

export const aQuote: Quote = {
  filename: "note.md",
  media_type: "text/markdown",
  bytes: 100,
  sha256: "0".repeat(64),
  pages: null,
  estimated_tokens: 25,
  estimated_cost_usd: 0.5,
  basis: "text",
  embed_model: "text-embedding-3-small",
  budget_left_usd: null
}
