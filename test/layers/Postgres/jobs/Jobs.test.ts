import { assert } from "@effect/vitest"
import { Effect, Fiber, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../../services/Documents.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { type DocumentId, JobId, localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { jobsLookedThrough } from "../../../../src/policy/lists.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { historyOf } from "../../../support/databases/records.ts"
import { accept, claimOne, emptyTables, heldAt, moveTo, someone, stores } from "../../../support/databases/stores.ts"

const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

onEachDatabase("the jobs of a user", (it) => {
  it.layer(stores)((it) => {
    it.effect("the jobs of a user cannot be seen, retried or cancelled by others", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const { jobId } = yield* accept()
        for (
          const ask of [
            jobs.find(stranger, jobId),
            jobs.receipt(stranger, jobId),
            jobs.retry(stranger, jobId, someone),
            jobs.cancel(stranger, jobId, someone),
            jobs.find(localUserId, JobId.make(randomUUID()))
          ]
        ) assert.isTrue(Option.isNone<unknown>(yield* ask))
        assert.deepStrictEqual(yield* jobs.events(stranger, jobId, 0), [])
        assert.deepStrictEqual(yield* jobs.list(stranger, { limit: 10 }), { jobs: [], next: Option.none() })
        assert.strictEqual(Option.getOrThrow(yield* jobs.find(localUserId, jobId)).status, "uploaded")
      }))

    it.effect("the jobs of a user are found beside those that others look for at the same moment", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const mine = yield* accept()
        const theirs = yield* accept({ userId: stranger })
        const found = yield* Effect.all([
          jobs.find(localUserId, mine.jobId),
          jobs.find(stranger, mine.jobId),
          jobs.find(stranger, theirs.jobId),
          jobs.find(localUserId, theirs.jobId),
          jobs.find(localUserId, mine.jobId)
        ], { concurrency: "unbounded" })
        assert.deepStrictEqual(found.map((job) => Option.getOrUndefined(job)?.jobId), [
          mine.jobId,
          undefined,
          theirs.jobId,
          undefined,
          mine.jobId
        ])
      }))

    it.effect("the jobs of a user are listed newest first, page by page, without gaps or repetitions", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const accepted = []
        for (let n = 0; n < 7; n++) accepted.unshift((yield* accept()).jobId)
        const found = []
        let page = yield* jobs.list(localUserId, { limit: 3 })
        found.push(...page.jobs)
        while (Option.isSome(page.next)) {
          page = yield* jobs.list(localUserId, { limit: 3, after: page.next.value })
          found.push(...page.jobs)
        }
        assert.deepStrictEqual(found.map((job) => job.jobId), accepted)
      }))

    it.effect("the jobs of a user are found by status, document, error and part of the name in any case", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const failed = yield* accept({ filename: "Annual_Report 100%.pdf" })
        yield* jobs.cancel(localUserId, failed.jobId, someone)
        const waiting = yield* accept({ filename: "policy.pdf" })
        const ids = (filter: Omit<Parameters<typeof jobs.list>[1], "limit">) =>
          Effect.map(jobs.list(localUserId, { limit: 10, ...filter }), (found) => found.jobs.map((job) => job.jobId))
        assert.deepStrictEqual(yield* ids({ status: ["failed_parse", "complete"] }), [failed.jobId])
        assert.deepStrictEqual(yield* ids({ documentId: waiting.documentId }), [waiting.jobId])
        assert.deepStrictEqual(yield* ids({ errorCode: "CANCELLED" }), [failed.jobId])
        assert.deepStrictEqual(yield* ids({ filename: "REPORT" }), [failed.jobId])
        assert.deepStrictEqual(yield* ids({ filename: "100%" }), [failed.jobId])
        assert.deepStrictEqual(yield* ids({ filename: "%" }), [failed.jobId])
        assert.deepStrictEqual(yield* ids({ filename: "_" }), [failed.jobId])
        assert.deepStrictEqual(yield* ids({ status: [] }), [])
      }))

    it.effect(
      "the jobs of a user are scanned by a filter a few thousand per page, to the last one, even if some are "
        + "deleted meanwhile",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const jobs = yield* Jobs
          const documents = yield* Documents
          const sql = yield* SqlClient.SqlClient
          const oldest = yield* accept({ filename: "needle.txt" })
          yield* sql`UPDATE upload_jobs SET created_at = now() - interval '1 day'`
          yield* sql`
          WITH document AS (
            INSERT INTO documents (document_id, user_id, filename, media_type, bytes, raw_sha256, raw_path)
            SELECT gen_random_uuid(), ${localUserId}, 'hay.txt', 'text/plain', 1, n::text, 'raw/a.txt'
            FROM generate_series(1, ${jobsLookedThrough + 10}::int) n RETURNING document_id
          )
          INSERT INTO upload_jobs (job_id, user_id, document_id, status, raw_path, webhook_secret, run_at, chunks_version)
          SELECT gen_random_uuid(), ${localUserId}, document_id, 'complete', 'raw/a.txt', 'secret', NULL,
            'markdown-structure@1' FROM document`
          const filter = { filename: "NEEDLE", limit: 10 }
          const first = yield* jobs.list(localUserId, filter)
          assert.deepStrictEqual(first.jobs, [])
          const after = Option.getOrThrow(first.next)
          const [at] = yield* sql<{ readonly document_id: DocumentId }>`
          SELECT document_id FROM upload_jobs WHERE job_id = ${after.split(".")[1]}`
          if (at !== undefined) yield* documents.remove(localUserId, at.document_id, someone)
          const second = yield* jobs.list(localUserId, { ...filter, after })
          assert.deepStrictEqual(second.jobs.map((job) => job.jobId), [oldest.jobId])
          assert.isTrue(Option.isNone(second.next))
          const all = yield* jobs.list(localUserId, { limit: 200 })
          assert.lengthOf(all.jobs, 200)
          assert.isNotNull(all.next)
        }),
      180_000
    )

    it.effect("return their history from any event on", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const job = yield* heldAt("parsed")
        const all = yield* jobs.events(localUserId, job.jobId, 0)
        assert.deepStrictEqual(all.map((event) => [event.fromStatus, event.toStatus]), [
          [null, "uploaded"],
          ["uploaded", "parse_queued"],
          ["parse_queued", "parsed"]
        ])
        assert.deepStrictEqual(all.map((event) => event.actor), ["api", "test", "test"])
        assert.deepStrictEqual(yield* jobs.events(localUserId, job.jobId, all[0]?.eventId ?? 0), all.slice(1))
      }))

    it.effect("return from a failure, and only from a failure, to the last good status", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const job = yield* heldAt("chunking")
        assert.isFalse(Option.getOrThrow(yield* jobs.retry(localUserId, job.jobId, someone)).changed)
        yield* moveTo(job, ["failed_chunking"], { resumeStatus: "chunking", retryCount: 3 })
        const { changed, job: again } = Option.getOrThrow(yield* jobs.retry(localUserId, job.jobId, someone))
        assert.isTrue(changed)
        assert.include(again, { status: "chunking", retryCount: 0, lastError: null, processingCompletedAt: null })
        assert.isNotNull(again.runAt)
        assert.strictEqual((yield* claimOne()).jobId, job.jobId)
      }))

    it.effect("end in their phase's failure after a cancel, which a second cancel does not change", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const job = yield* heldAt("chunks_stored")
        const first = Option.getOrThrow(yield* jobs.cancel(localUserId, job.jobId, someone))
        assert.isTrue(first.changed)
        assert.include(first.job, { status: "failed_embedding", runAt: null, leaseUntil: null })
        assert.deepInclude(first.job.lastError, { code: "CANCELLED", atStatus: "chunks_stored" })
        const second = Option.getOrThrow(yield* jobs.cancel(localUserId, job.jobId, someone))
        assert.isFalse(second.changed)
        assert.deepStrictEqual(second.job, first.job)
        assert.strictEqual((yield* Effect.flip(moveTo(job, ["embedding_queued"])))._tag, "StaleClaim")
        assert.strictEqual((yield* historyOf(job.jobId)).at(-1), "chunks_stored → failed_embedding")
      }))

    it.effect("the jobs of many users are read at once, each as its own user sees it", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const [mine, theirs] = [yield* accept(), yield* accept({ userId: stranger })]
        yield* jobs.cancel(localUserId, mine.jobId, someone)
        const history = yield* jobs.events(localUserId, mine.jobId, 0)
        const looks = yield* Effect.all([
          jobs.look(localUserId, mine.jobId, 0),
          jobs.look(localUserId, mine.jobId, history[0]?.eventId ?? 0),
          jobs.look(localUserId, mine.jobId, history[1]?.eventId ?? 0),
          jobs.look(stranger, theirs.jobId, 0),
          jobs.look(localUserId, theirs.jobId, 0)
        ], { concurrency: "unbounded" })
        assert.deepStrictEqual(
          looks.map(Option.map(({ events, status }) => [status, events.map(({ toStatus }) => toStatus)])),
          [
            Option.some(["failed_parse", ["uploaded", "failed_parse"]]),
            Option.some(["failed_parse", ["failed_parse"]]),
            Option.some(["failed_parse", []]),
            Option.some(["uploaded", ["uploaded"]]),
            Option.none()
          ]
        )
      }))

    it.effect("the jobs of a user have a receipt at any time, which is invalid before they are complete", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const { jobId } = yield* accept()
        const receipt = Option.getOrThrow(yield* jobs.receipt(localUserId, jobId))
        assert.deepInclude(receipt, { chunksStored: 0, vectorsStored: 0, failedChecks: ["chunks_match_plan"] })
      }))

    it.effect("notify of their own changes, and not of others", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const watched = yield* accept()
        const other = yield* accept()
        const [news, othersNews] = yield* Effect.forEach(
          [watched, other],
          ({ jobId }) => Stream.toPull(jobs.changes(jobId))
        )
        assert(news !== undefined && othersNews !== undefined)
        // The first element signals that listening has begun.
        yield* news
        yield* othersNews
        const heard = yield* Effect.forkChild(news, { startImmediately: true })
        yield* jobs.cancel(localUserId, other.jobId, someone)
        yield* othersNews
        assert.isUndefined(heard.pollUnsafe())
        yield* jobs.cancel(localUserId, watched.jobId, someone)
        yield* Fiber.join(heard)
      }))
  })
})
