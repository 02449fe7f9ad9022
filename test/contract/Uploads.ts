/** The contract of announced uploads, as a suite over a layer. Each test has its own user. */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect, type Layer, Option } from "effect"
import { randomUUID } from "node:crypto"
import { type NewUpload, Uploads } from "../../services/Uploads.ts"
import { DocumentId, JobId, UserId } from "../../src/domain/Ids.ts"

const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

const announced = (fields: Partial<NewUpload> = {}): NewUpload => ({
  userId: UserId.make(randomUUID()),
  documentId: DocumentId.make(randomUUID()),
  filename: "letter.md",
  bytes: 100,
  sha256: null,
  path: "raw/letter.md",
  metadata: { from: "a test" },
  priority: 0,
  force: false,
  urlLasts: Duration.minutes(5),
  openAtMost: 2,
  quotaBytes: 1_000,
  ...fields
})

const opened = Effect.gen(function*() {
  const uploads = yield* Uploads
  const upload = announced()
  assert.strictEqual((yield* uploads.open(upload))._tag, "Opened")
  const { documentId, userId } = upload
  const state = Effect.map(uploads.find(userId, documentId), (found) => Option.getOrThrow(found).state)
  return { uploads, upload, documentId, userId, state }
})

export const uploadsContract = <E>(name: string, uploads: Layer.Layer<Uploads, E>) =>
  layer(uploads)(`Uploads ${name}`, (it) => {
    it.effect("an announced upload is open as announced, and not found by other users", () =>
      Effect.gen(function*() {
        const { documentId, upload, uploads, userId } = yield* opened
        const { openAtMost: _, quotaBytes: __, urlLasts: ___, ...told } = upload
        const found = Option.getOrThrow(yield* uploads.find(userId, documentId))
        assert.deepInclude(found, { ...told, state: "open", jobId: null, received: false })
        assert.isTrue(Option.isNone(yield* uploads.find(stranger, documentId)))
      }))

    it.effect("a user cannot have more open uploads than allowed, and other users are not affected", () =>
      Effect.gen(function*() {
        const uploads = yield* Uploads
        const { userId } = announced()
        const outcomes = yield* Effect.forEach([1, 2, 3], () => uploads.open(announced({ userId })))
        assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["Opened", "Opened", "TooMany"])
        assert.strictEqual((yield* uploads.open(announced()))._tag, "Opened")
      }))

    it.effect("an upload that exceeds the quota together with the open ones is refused", () =>
      Effect.gen(function*() {
        const uploads = yield* Uploads
        const { userId } = announced()
        assert.strictEqual((yield* uploads.open(announced({ userId, bytes: 600 })))._tag, "Opened")
        assert.strictEqual((yield* uploads.open(announced({ userId, bytes: 401 })))._tag, "OverQuota")
        assert.strictEqual((yield* uploads.open(announced({ userId, bytes: 400 })))._tag, "Opened")
      }))

    it.effect("bytes are received once, and only for the upload's own user", () =>
      Effect.gen(function*() {
        const { documentId, uploads, userId } = yield* opened
        assert.isFalse(yield* uploads.receive(stranger, documentId, "raw/theirs.md"))
        assert.isTrue(yield* uploads.receive(userId, documentId, "raw/first.md"))
        assert.isFalse(yield* uploads.receive(userId, documentId, "raw/second.md"))
        const found = Option.getOrThrow(yield* uploads.find(userId, documentId))
        assert.deepInclude(found, { path: "raw/first.md", received: true })
      }))

    it.effect("an upload is confirmed only with its own object, and a repetition is confirmed, too", () =>
      Effect.gen(function*() {
        const { documentId, state, upload, uploads, userId } = yield* opened
        assert.isFalse(yield* uploads.confirm(userId, documentId, "raw/another.md"))
        assert.isFalse(yield* uploads.confirm(stranger, documentId, upload.path))
        assert.strictEqual(yield* state, "open")
        assert.isTrue(yield* uploads.confirm(userId, documentId, upload.path))
        assert.isTrue(yield* uploads.confirm(userId, documentId, upload.path))
        assert.strictEqual(yield* state, "confirmed")
      }))

    it.effect("a confirmed upload cannot be ended, and an ended one cannot be confirmed or receive bytes", () =>
      Effect.gen(function*() {
        const confirmed = yield* opened
        yield* confirmed.uploads.confirm(confirmed.userId, confirmed.documentId, confirmed.upload.path)
        assert.isFalse(yield* confirmed.uploads.end(confirmed.userId, confirmed.documentId))
        assert.strictEqual(yield* confirmed.state, "confirmed")

        const { documentId, state, upload, uploads, userId } = yield* opened
        assert.isFalse(yield* uploads.end(stranger, documentId))
        assert.isTrue(yield* uploads.end(userId, documentId))
        assert.isFalse(yield* uploads.confirm(userId, documentId, upload.path))
        assert.isFalse(yield* uploads.receive(userId, documentId, "raw/late.md"))
        assert.strictEqual(yield* state, "ended")
      }))

    it.effect("only a confirmed upload has a job", () =>
      Effect.gen(function*() {
        const { documentId, upload, uploads, userId } = yield* opened
        const job = JobId.make(randomUUID())
        const answered = Effect.map(uploads.find(userId, documentId), (found) => Option.getOrThrow(found).jobId)
        yield* uploads.answer(userId, documentId, job)
        assert.isNull(yield* answered)
        yield* uploads.confirm(userId, documentId, upload.path)
        yield* uploads.answer(userId, documentId, job)
        assert.strictEqual(yield* answered, job)
      }))
  })
