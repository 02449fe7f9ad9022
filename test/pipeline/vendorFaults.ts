/** What becomes of documents while the vendors fail. */
import { assert } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Jobs } from "../../services/Jobs.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import { retryLimit } from "../../src/policy/retries.ts"
import { historyOf, ledgerOf } from "../support/databases/records.ts"
import { secondsUntil, someone, upload } from "../support/databases/stores.ts"
import { hurry, rowsOf, waitForRow, waitUntil } from "./observe.ts"
import { assertComplete, assertFailed, boughtSince, retry } from "./outcomes.ts"
import { textOf } from "./textOf.ts"
import { retryAfterSeconds, Vendors } from "./Vendors.ts"

export const vendorFaults = {
  "waits as long as a rate limit requests, more often than other failures are retried": Effect.gen(function*() {
    const vendors = yield* Vendors
    const times = retryLimit + 2
    yield* vendors.failNext({ embeddings: [{ word: "elderberries", times, as: "rate limited" }] })
    const job = yield* upload(textOf("elderberries"))
    let last = 0
    for (let time = 0; time < times; time++) {
      const waiting = yield* waitUntil(
        job,
        "waiting",
        ({ lastError, runAt }) => lastError !== null && runAt !== null && runAt.epochMilliseconds > last
      )
      assert.deepStrictEqual([waiting.lastError?.code, waiting.retryCount], ["EMBED_RATE_LIMITED", 0])
      const wait = yield* secondsUntil(waiting.runAt)
      assert.isTrue(wait > retryAfterSeconds - 10 && wait < retryAfterSeconds + 10, `it waits ${wait} s`)
      last = waiting.runAt?.epochMilliseconds ?? 0
      yield* hurry(job)
    }
    yield* assertComplete(job)
  }),

  "stores no vector of wrong dimensions": Effect.gen(function*() {
    const vendors = yield* Vendors
    yield* vendors.failNext({ embeddings: [{ word: "figs", times: 99, as: "wrong dimensions" }] })
    const job = yield* assertFailed(yield* upload(textOf("figs")), "failed_embedding", "EMBED_DIM_MISMATCH")
    assert.strictEqual((yield* rowsOf(job)).vectors, 0)
    yield* vendors.failNext({})
    yield* retry(job)
    yield* assertComplete(job)
  }),

  "fails only the document with the refused text": Effect.gen(function*() {
    const vendors = yield* Vendors
    yield* vendors.failNext({ embeddings: [{ word: "grapes", times: 99, as: "refused" }] })
    const words = ["guavas", "grapefruits", "gooseberries", "grapes", "grenadines"]
    const jobs = yield* Effect.forEach(words, (word) => upload(textOf(word)), { concurrency: "unbounded" })
    for (const [index, job] of jobs.entries()) {
      if (words[index] !== "grapes") yield* assertComplete(job)
      else {assert.strictEqual(
          (yield* rowsOf(yield* assertFailed(job, "failed_embedding", "EMBED_REJECTED"))).vectors,
          0
        )}
    }
  }),

  "resumes after a retry where it failed, and buys only what is missing": Effect.gen(function*() {
    const vendors = yield* Vendors
    // However small the requests become that isolate it.
    yield* vendors.failNext({ embeddings: [{ word: "honeydew", times: 40, as: "refused" }] })
    // More than fits in one request, with the refused text in the last one.
    const text = `${textOf("hawthorn", 300)}\n\n${textOf("honeydew", 1)}`
    const first = yield* boughtSince(
      Effect.flatMap(upload(text), (job) => assertFailed(job, "failed_embedding", "EMBED_REJECTED"))
    )
    const job = first.result
    const { chunks, vectors } = yield* rowsOf(job)
    assert.strictEqual(vectors, chunks - 1, "all but the one that was refused")
    const { announced, lost, paid } = yield* ledgerOf(job.jobId)
    assert.deepStrictEqual([announced.chunks, lost.chunks, paid.chunks], [0, 0, vectors])
    yield* vendors.failNext({})
    const { result, vectors: boughtAgain } = yield* boughtSince(
      Effect.andThen(retry(job), Effect.suspend(() => assertComplete(job)))
    )
    assert.strictEqual(boughtAgain, chunks - vectors)
    const history = yield* historyOf(result.jobId)
    assert.include(history, "failed_embedding → embedding_in_progress")
    assert.strictEqual(history.filter((event) => event === "uploaded → parse_queued").length, 1)
  }),

  "fences the worker off when a job is cancelled: what it still buys is in the ledger, not in the index": Effect.gen(
    function*() {
      const vendors = yield* Vendors
      const jobs = yield* Jobs
      yield* vendors.failNext({ embeddings: [{ word: "jujubes", times: 1, as: "slow" }] })
      const job = yield* upload(textOf("jujubes"))
      yield* waitForRow("call under way", Effect.map(ledgerOf(job.jobId), ({ announced }) => announced.calls > 0))
      assert.isTrue(Option.getOrThrow(yield* jobs.cancel(localUserId, job.jobId, someone)).changed)
      yield* waitForRow("lost call", Effect.map(ledgerOf(job.jobId), ({ lost }) => lost.calls > 0))
      const cancelled = yield* assertFailed(job, "failed_embedding", "CANCELLED")
      assert.strictEqual((yield* rowsOf(job)).vectors, 0)
      assert.strictEqual(cancelled.tokensPaid, 0)
      assert.strictEqual((yield* historyOf(job.jobId)).at(-1), "embedding_in_progress → failed_embedding")
      yield* retry(job)
      yield* assertComplete(job)
    }
  )
}
