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
    it.effect("the jobs of a user are nobody else's to see, retry or cancel", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const { job_id } = yield* accept()
        for (
          const ask of [
            jobs.find(stranger, job_id),
            jobs.receipt(stranger, job_id),
            jobs.retry(stranger, job_id, someone),
            jobs.cancel(stranger, job_id, someone),
            jobs.find(localUserId, JobId.make(randomUUID()))
          ]
        ) assert.isTrue(Option.isNone<unknown>(yield* ask))
        assert.deepStrictEqual(yield* jobs.events(stranger, job_id, 0), [])
        assert.deepStrictEqual(yield* jobs.list(stranger, { limit: 10 }), { jobs: [], next: null })
        assert.strictEqual(Option.getOrThrow(yield* jobs.find(localUserId, job_id)).status, "uploaded")
      }))

    it.effect("the jobs of a user are listed newest first, page after page, without gap or repetition", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const accepted = []
        for (let n = 0; n < 7; n++) accepted.unshift((yield* accept()).job_id)
        const found = []
        let page = yield* jobs.list(localUserId, { limit: 3 })
        found.push(...page.jobs)
        while (page.next !== null) {
          page = yield* jobs.list(localUserId, { limit: 3, after: page.next })
          found.push(...page.jobs)
        }
        assert.deepStrictEqual(found.map((job) => job.job_id), accepted)
      }))

    it.effect("the jobs of a user are found by status, document, error and part of the name in any case", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const failed = yield* accept({ filename: "Annual_Report 100%.pdf" })
        yield* jobs.cancel(localUserId, failed.job_id, someone)
        const waiting = yield* accept({ filename: "policy.pdf" })
        const ids = (filter: Omit<Parameters<typeof jobs.list>[1], "limit">) =>
          Effect.map(jobs.list(localUserId, { limit: 10, ...filter }), (found) => found.jobs.map((job) => job.job_id))
        assert.deepStrictEqual(yield* ids({ status: ["failed_parse", "complete"] }), [failed.job_id])
        assert.deepStrictEqual(yield* ids({ documentId: waiting.document_id }), [waiting.job_id])
        assert.deepStrictEqual(yield* ids({ errorCode: "CANCELLED" }), [failed.job_id])
        assert.deepStrictEqual(yield* ids({ filename: "REPORT" }), [failed.job_id])
        assert.deepStrictEqual(yield* ids({ filename: "100%" }), [failed.job_id])
        assert.deepStrictEqual(yield* ids({ filename: "%" }), [failed.job_id])
        assert.deepStrictEqual(yield* ids({ filename: "_" }), [failed.job_id])
        assert.deepStrictEqual(yield* ids({ status: [] }), [])
      }))

    it.effect(
      "the jobs of a user are looked through by a filter some thousands a page, to the last one, whatever is deleted meanwhile",
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
          if (first.next === null) return assert.fail("the first page is the last one")
          const [at] = yield* sql<{ readonly document_id: DocumentId }>`
          SELECT document_id FROM upload_jobs WHERE job_id = ${first.next.split(".")[1]}`
          if (at !== undefined) yield* documents.remove(localUserId, at.document_id, someone)
          const second = yield* jobs.list(localUserId, { ...filter, after: first.next })
          assert.deepStrictEqual(second.jobs.map((job) => job.job_id), [oldest.job_id])
          assert.isNull(second.next)
          const all = yield* jobs.list(localUserId, { limit: 200 })
          assert.lengthOf(all.jobs, 200)
          assert.isNotNull(all.next)
        }),
      60_000
    )

    it.effect("tell their history from any event on", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const job = yield* heldAt("parsed")
        const all = yield* jobs.events(localUserId, job.job_id, 0)
        assert.deepStrictEqual(all.map((event) => [event.from_status, event.to_status]), [
          [null, "uploaded"],
          ["uploaded", "parse_queued"],
          ["parse_queued", "parsed"]
        ])
        assert.deepStrictEqual(all.map((event) => event.actor), ["api", "test", "test"])
        assert.deepStrictEqual(yield* jobs.events(localUserId, job.job_id, all[0]?.event_id ?? 0), all.slice(1))
      }))

    it.effect("go back from a failure to the last good status, and only from a failure", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const job = yield* heldAt("chunking")
        assert.isFalse(Option.getOrThrow(yield* jobs.retry(localUserId, job.job_id, someone)).changed)
        yield* moveTo(job, ["failed_chunking"], { resume_status: "chunking", retry_count: 3 })
        const { changed, job: again } = Option.getOrThrow(yield* jobs.retry(localUserId, job.job_id, someone))
        assert.isTrue(changed)
        assert.include(again, { status: "chunking", retry_count: 0, last_error: null, processing_completed_at: null })
        assert.isNotNull(again.run_at)
        assert.strictEqual((yield* claimOne()).job_id, job.job_id)
      }))

    it.effect("end by a cancel in their phase's failure, which a second cancel leaves as it is", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const job = yield* heldAt("chunks_stored")
        const first = Option.getOrThrow(yield* jobs.cancel(localUserId, job.job_id, someone))
        assert.isTrue(first.changed)
        assert.include(first.job, { status: "failed_embedding", run_at: null, lease_until: null })
        assert.deepInclude(first.job.last_error, { code: "CANCELLED", at_status: "chunks_stored" })
        const second = Option.getOrThrow(yield* jobs.cancel(localUserId, job.job_id, someone))
        assert.isFalse(second.changed)
        assert.deepStrictEqual(second.job, first.job)
        assert.strictEqual((yield* Effect.flip(moveTo(job, ["embedding_queued"])))._tag, "StaleClaim")
        assert.strictEqual((yield* historyOf(job)).at(-1), "chunks_stored → failed_embedding")
      }))

    it.effect("the jobs of a user are looked at many at once, each as its own user sees it", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const [mine, theirs] = [yield* accept(), yield* accept({ userId: stranger })]
        yield* jobs.cancel(localUserId, mine.job_id, someone)
        const history = yield* jobs.events(localUserId, mine.job_id, 0)
        const looks = yield* Effect.all([
          jobs.look(localUserId, mine.job_id, 0),
          jobs.look(localUserId, mine.job_id, history[0]?.event_id ?? 0),
          jobs.look(localUserId, mine.job_id, history[1]?.event_id ?? 0),
          jobs.look(stranger, theirs.job_id, 0),
          jobs.look(localUserId, theirs.job_id, 0)
        ], { concurrency: "unbounded" })
        assert.deepStrictEqual(
          looks.map(Option.map(({ events, status }) => [status, events.map(({ to_status }) => to_status)])),
          [
            Option.some(["failed_parse", ["uploaded", "failed_parse"]]),
            Option.some(["failed_parse", ["failed_parse"]]),
            Option.some(["failed_parse", []]),
            Option.some(["uploaded", ["uploaded"]]),
            Option.none()
          ]
        )
      }))

    it.effect("the jobs of a user have a receipt at any time, which does not hold before they are complete", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const { job_id } = yield* accept()
        const receipt = Option.getOrThrow(yield* jobs.receipt(localUserId, job_id))
        assert.deepInclude(receipt, { chunks_stored: 0, vectors_stored: 0, failed_checks: ["chunks_match_plan"] })
      }))

    it.effect("say when they change, and not when another one does", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const jobs = yield* Jobs
        const watched = yield* accept()
        const other = yield* accept()
        const [news, othersNews] = yield* Effect.forEach(
          [watched, other],
          ({ job_id }) => Stream.toPull(jobs.changes(job_id))
        )
        assert(news !== undefined && othersNews !== undefined)
        // The first element says that listening has begun.
        yield* news
        yield* othersNews
        const heard = yield* Effect.forkChild(news, { startImmediately: true })
        yield* jobs.cancel(localUserId, other.job_id, someone)
        yield* othersNews
        assert.isUndefined(heard.pollUnsafe())
        yield* jobs.cancel(localUserId, watched.job_id, someone)
        yield* Fiber.join(heard)
      }))
  })
})
