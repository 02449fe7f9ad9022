/** How a job ended according to the tables, and what it cost. */
import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Jobs } from "../../services/Jobs.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { ledgerOf } from "../support/databases/records.ts"
import { someone } from "../support/databases/stores.ts"
import { ended, rowsOf } from "./observe.ts"
import { Vendors } from "./Vendors.ts"

/** The history of a document that becomes complete without a detour. */
export const line = [
  "nothing → uploaded",
  "uploaded → parse_queued",
  "parse_queued → parsed",
  "parsed → parse_validated",
  "parse_validated → chunking",
  "chunking → chunks_stored",
  "chunks_stored → embedding_queued",
  "embedding_queued → embedding_in_progress",
  "embedding_in_progress → embeddings_stored",
  "embeddings_stored → complete"
]

export const receiptOf = Effect.fnUntraced(function*(job: Job) {
  const jobs = yield* Jobs
  return Option.getOrThrow(yield* jobs.receipt(localUserId, job.jobId))
})

/** It is complete, and the tables prove it. */
export const assertComplete = Effect.fnUntraced(function*(uploaded: Job) {
  const job = yield* ended(uploaded)
  assert.strictEqual(job.status, "complete", `${job.lastError?.code}: ${job.lastError?.message}`)
  assert.isNull(job.lastError)
  assert.isNull(job.runAt)
  assert.isNull(job.leaseUntil)
  const { chunks, vectors } = yield* rowsOf(job)
  assert.isAbove(chunks, 0)
  assert.strictEqual(vectors, chunks)
  const receipt = yield* receiptOf(job)
  assert.deepStrictEqual(receipt.failedChecks, [])
  assert.strictEqual(receipt.chunksExpected, chunks)
  assert.strictEqual(receipt.vectorsStored, chunks)
  assert.deepStrictEqual(job.progress, {
    chunksTotal: chunks,
    chunksDone: chunks,
    embedsTotal: chunks,
    embedsDone: chunks
  })
  const { paid, reused } = yield* ledgerOf(job.jobId)
  assert.strictEqual(job.tokensPaid, paid.tokens)
  assert.strictEqual(job.vectorsReused, reused.chunks)
  assert.strictEqual(paid.chunks + reused.chunks, chunks)
  return job
})

export const assertFailed = Effect.fnUntraced(function*(uploaded: Job, status: Job["status"], code: string) {
  const job = yield* ended(uploaded)
  assert.strictEqual(job.status, status)
  assert.strictEqual(job.lastError?.code, code)
  assert.isNull(job.runAt)
  assert.isNull(job.leaseUntil)
  return job
})

export const boughtSince = Effect.fnUntraced(function*<A, E, R>(run: Effect.Effect<A, E, R>) {
  const vendors = yield* Vendors
  const before = yield* vendors.bought
  const result = yield* run
  const after = yield* vendors.bought
  return {
    result,
    calls: after.calls - before.calls,
    vectors: after.vectors - before.vectors,
    tokens: after.tokens - before.tokens
  }
})

export const retry = Effect.fnUntraced(function*(job: Job) {
  const jobs = yield* Jobs
  const { changed } = Option.getOrThrow(yield* jobs.retry(localUserId, job.jobId, someone))
  assert.isTrue(changed)
})
