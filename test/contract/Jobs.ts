/** The contract of documents, jobs and callbacks, as a suite over a layer. Each test has its own user. */
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer, Option, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { Callbacks } from "../../services/Callbacks.ts"
import { Documents, type NewDocument } from "../../services/Documents.ts"
import { Jobs } from "../../services/Jobs.ts"
import { sha256 } from "../../src/domain/hash.ts"
import { JobId, UserId } from "../../src/domain/Ids.ts"
import { jobOf } from "../../src/intake/makeDocument.ts"
import { anUpload } from "../support/builders/jobInMemory.ts"

const by = { actor: "key:test", role: "user", reason: null, correlationId: null }
const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

/** A user, and a way to upload unique documents. */
const begin = Effect.gen(function*() {
  const [documents, jobs] = [yield* Documents, yield* Jobs]
  const user = UserId.make(randomUUID())
  const accept = (fields: Partial<NewDocument> = {}) =>
    documents.accept(anUpload({ userId: user, sha256: sha256(randomUUID()), ...fields }))
  const accepted = Effect.fnUntraced(function*(fields: Partial<NewDocument> = {}) {
    return Option.getOrThrow(jobOf(yield* accept(fields)))
  })
  return { documents, jobs, user, accept, accepted }
})

export const jobsContract = <E>(
  name: string,
  services: Layer.Layer<Documents | Jobs | Callbacks, E>
) =>
  layer(services)(`Documents and Jobs ${name}`, (it) => {
    it.effect("the same bytes from one user become one job, unless a second one is forced", () =>
      Effect.gen(function*() {
        const { accept } = yield* begin
        const same = { sha256: sha256(randomUUID()) }
        const first = yield* accept(same)
        const again = yield* accept(same)
        const forced = yield* accept({ ...same, force: true })
        assert.deepStrictEqual([first._tag, again._tag, forced._tag], ["Accepted", "Duplicate", "Accepted"])
        const [made, found, other] = [first, again, forced].map((each) => Option.getOrThrow(jobOf(each)).jobId)
        assert.strictEqual(found, made)
        assert.notStrictEqual(other, made)
        assert.strictEqual((yield* accept({ ...same, userId: stranger }))._tag, "Accepted")
      }))

    it.effect("a document id can be used once per user, and a conflict names the existing job", () =>
      Effect.gen(function*() {
        const { accept, accepted } = yield* begin
        const job = yield* accepted()
        const refused = yield* accept({ documentId: job.documentId })
        assert.deepStrictEqual([refused._tag, Option.getOrThrow(jobOf(refused)).jobId], ["Conflict", job.jobId])
      }))

    it.effect("a document above the quota is not accepted, and one that fits is", () =>
      Effect.gen(function*() {
        const { accept, documents, user } = yield* begin
        yield* accept({ bytes: 600, quotaBytes: 1_000 })
        assert.strictEqual((yield* accept({ bytes: 401, quotaBytes: 1_000 }))._tag, "OverQuota")
        assert.strictEqual((yield* accept({ bytes: 400, quotaBytes: 1_000 }))._tag, "Accepted")
        assert.strictEqual(yield* documents.used(user), 1_000)
      }))

    it.effect("a document is found by its id and its request, only by its own user", () =>
      Effect.gen(function*() {
        const { accepted, documents, user } = yield* begin
        const requestId = randomUUID()
        const job = yield* accepted({ requestId, filename: "letter.md" })
        const found = Option.getOrThrow(yield* documents.find(user, job.documentId))
        assert.deepInclude(found, { documentId: job.documentId, filename: "letter.md", parsedPath: null })
        assert.deepStrictEqual(yield* documents.findByRequest(user, requestId), Option.some(found))
        assert.isTrue(Option.isNone(yield* documents.find(stranger, job.documentId)))
        assert.isTrue(Option.isNone(yield* documents.findByRequest(stranger, requestId)))
      }))

    it.effect("a document is removed with its job, and the objects to erase are returned", () =>
      Effect.gen(function*() {
        const { accepted, documents, jobs, user } = yield* begin
        const job = yield* accepted({ rawPath: `raw/${user}/${randomUUID()}.md` })
        assert.isTrue(Option.isNone(yield* documents.remove(stranger, job.documentId, by)))
        assert.deepStrictEqual(yield* documents.remove(user, job.documentId, by), Option.some([job.rawPath]))
        assert.isTrue(Option.isNone(yield* documents.remove(user, job.documentId, by)))
        assert.isTrue(Option.isNone(yield* jobs.find(user, job.jobId)))
      }))

    it.effect("jobs are listed newest first, page by page, and filtered by document, status and part of a name", () =>
      Effect.gen(function*() {
        const { accepted, jobs, user } = yield* begin
        const ids = []
        for (const filename of ["one.md", "two.md", "THREE.md"]) ids.unshift((yield* accepted({ filename })).jobId)
        const first = yield* jobs.list(user, { limit: 2 })
        const rest = yield* jobs.list(user, { limit: 2, after: Option.getOrThrow(first.next) })
        assert.deepStrictEqual([...first.jobs, ...rest.jobs].map(({ jobId }) => jobId), ids)
        assert.isTrue(Option.isNone(rest.next))
        const only = Effect.fnUntraced(function*(filter: Omit<Parameters<typeof jobs.list>[1], "limit">) {
          return (yield* jobs.list(user, { limit: 10, ...filter })).jobs.map(({ filename }) => filename)
        })
        assert.deepStrictEqual(yield* only({ filename: "thr" }), ["THREE.md"])
        assert.deepStrictEqual(yield* only({ status: ["complete"] }), [])
        assert.lengthOf(yield* only({ status: ["uploaded", "complete"] }), 3)
        const [{ documentId } = first.jobs[0] ?? (yield* Effect.die("no job"))] = rest.jobs
        assert.deepStrictEqual(yield* only({ documentId: documentId }), ["one.md"])
        assert.deepStrictEqual((yield* jobs.list(stranger, { limit: 10, filename: "THREE" })).jobs, [])
      }))

    it.effect("a cancel ends a job once with a reason, and a retry returns it to its last status", () =>
      Effect.gen(function*() {
        const { accepted, jobs, user } = yield* begin
        const { jobId } = yield* accepted()
        const changed = (found: Effect.Success<ReturnType<typeof jobs.cancel>>) =>
          Option.map(found, ({ changed, job }) => `${changed} ${job.status}`)
        assert.deepStrictEqual(changed(yield* jobs.retry(user, jobId, by)), Option.some("false uploaded"))
        assert.isTrue(Option.isNone(yield* jobs.cancel(stranger, jobId, by)))
        assert.deepStrictEqual(changed(yield* jobs.cancel(user, jobId, by)), Option.some("true failed_parse"))
        assert.deepStrictEqual(changed(yield* jobs.cancel(user, jobId, by)), Option.some("false failed_parse"))
        const cancelled = Option.getOrThrow(yield* jobs.find(user, jobId))
        assert.deepInclude(cancelled.lastError, { code: "CANCELLED", atStatus: "uploaded" })
        assert.isTrue(Option.isNone(yield* jobs.retry(stranger, jobId, by)))
        assert.deepStrictEqual(changed(yield* jobs.retry(user, jobId, by)), Option.some("true uploaded"))
        assert.isNull(Option.getOrThrow(yield* jobs.find(user, jobId)).lastError)
      }))

    it.effect("the history lists every step in order, from any event on", () =>
      Effect.gen(function*() {
        const { accepted, jobs, user } = yield* begin
        const { jobId } = yield* accepted()
        yield* jobs.cancel(user, jobId, by)
        const events = yield* jobs.events(user, jobId, 0)
        assert.deepStrictEqual(
          events.map(({ fromStatus, toStatus }) => `${fromStatus} → ${toStatus}`),
          ["null → uploaded", "uploaded → failed_parse"]
        )
        assert.deepStrictEqual(yield* jobs.events(user, jobId, events[0]?.eventId ?? 0), events.slice(1))
        assert.deepStrictEqual(yield* jobs.events(stranger, jobId, 0), [])
        const look = Option.getOrThrow(yield* jobs.look(user, jobId, 0))
        assert.deepStrictEqual(look, { status: "failed_parse", events })
        assert.isTrue(Option.isNone(yield* jobs.look(stranger, jobId, 0)))
      }))

    it.effect("a watcher of a job gets its state at the start and after each change", () =>
      Effect.gen(function*() {
        const { accepted, jobs, user } = yield* begin
        const { jobId } = yield* accepted()
        const heard = yield* jobs.changes(jobId).pipe(
          // The first element signals that the watch has begun.
          Stream.zipWithIndex,
          Stream.tap(([, index]) => index === 0 ? jobs.cancel(user, jobId, by) : Effect.void),
          Stream.take(2),
          Stream.runCollect
        )
        assert.lengthOf(heard, 2)
      }))

    it.effect("a callback counts once, and only existing jobs have a secret", () =>
      Effect.gen(function*() {
        const { accepted } = yield* begin
        const receipts = yield* Callbacks
        const { jobId } = yield* accepted()
        assert.isTrue(Option.isSome(yield* receipts.find(jobId)))
        assert.isTrue(Option.isNone(yield* receipts.find(JobId.make(randomUUID()))))
        const receipt = {
          provider: "llamaparse",
          eventId: randomUUID(),
          eventType: "parse.success",
          jobId: jobId,
          payloadSha256: sha256("body")
        }
        assert.isTrue(yield* receipts.record(receipt))
        assert.isFalse(yield* receipts.record(receipt))
      }))
  })
