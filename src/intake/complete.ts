/**
 * Reads back what arrived through a signed address and, if it matches the announcement, creates a document from it, exactly
 * once.
 */
import { Effect, Option, Schema, Stream } from "effect"
import { Jobs } from "../../services/Jobs.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { type Upload, Uploads } from "../../services/Uploads.ts"
import type { DocumentId, JobId, UserId } from "../domain/Ids.ts"
import { acceptedType, meter, peek } from "./examine.ts"
import { IntakeOptions } from "./IntakeOptions.ts"
import { jobOf, makeDocument, removeUnlessKept } from "./makeDocument.ts"
import {
  checksumMismatch,
  documentDeleted,
  erasedUser,
  idTaken,
  longerThanAnnounced,
  overQuota,
  uploadConflict,
  uploadExpired,
  uploadNotFound
} from "./refusals.ts"
import { removeFile } from "./removeFile.ts"
import type { Sender } from "./Sender.ts"
import { refuseLarger } from "./storageLimits.ts"

export const complete = Effect.fn("intake.complete")(function*(id: DocumentId, sha256: string, sender: Sender) {
  const upload = yield* findUpload(sender.userId, id)
  if (upload.jobId !== null) return yield* again(sender.userId, upload.jobId, id, sha256)
  if (upload.state === "ended") return yield* uploadExpired()
  return yield* Effect.uninterruptibleMask((restore) =>
    restore(examine(upload, sha256)).pipe(
      // The upload is refused for good; a storage failure is not, because it may pass.
      Effect.tapErrorTag(["TooLarge", "UnsupportedMedia", "Unprocessable"], () => end(upload)),
      Effect.flatMap((file) => finish(upload, file, sender)),
      Effect.catchTag("NothingSent", () => absent(sender.userId, id, sha256))
    )
  )
})

class NothingSent extends Schema.TaggedError<NothingSent>()("NothingSent", {}) {}

const findUpload = Effect.fnUntraced(function*(userId: UserId, id: DocumentId) {
  const uploads = yield* Uploads
  const found = yield* uploads.find(userId, id)
  if (Option.isSome(found)) return found.value
  return yield* uploadNotFound(`There is no open upload ${id}: it was never announced, or it has been removed.`)
})

/** The bytes are compared with the announcement before their type is detected. */
const examine = Effect.fnUntraced(function*(upload: Upload, sha256: string) {
  const storage = yield* ObjectStorage
  const stored = storage.get(upload.path).pipe(
    Stream.mapError((error) => error.code === "RAW_MISSING" ? new NothingSent() : error)
  )
  const metered = meter(stored, upload.bytes, () => longerThanAnnounced(upload.bytes))
  const { content, head } = yield* peek(metered.content)
  yield* Stream.runDrain(content)
  const seen = metered.seen()
  if (seen.sha256 !== sha256 || seen.sha256 !== (upload.sha256 ?? sha256)) {
    const sizes = { received: seen.bytes, announced: upload.bytes }
    return yield* checksumMismatch(seen.sha256, sizes.received < sizes.announced ? sizes : undefined)
  }
  const mediaType = yield* acceptedType(upload.filename, head)
  yield* refuseLarger(mediaType, seen.bytes)
  return { name: upload.filename, mediaType, path: upload.path, ...seen }
}, Effect.scoped)

type Examined = Effect.Success<ReturnType<typeof examine>>

const finish = Effect.fnUntraced(function*(upload: Upload, file: Examined, sender: Sender) {
  const { documentId, path, userId } = upload
  const uploads = yield* Uploads
  if (!(yield* uploads.confirm(userId, documentId, path))) return yield* uploadExpired()
  const acceptance = yield* makeDocument(documentId, file, upload, sender)
  // The bytes are swept with the announcement.
  if (acceptance._tag === "Erased") return yield* erasedUser()
  // The bytes are kept while it can be completed again, once there is space.
  if (acceptance._tag === "OverQuota") return yield* overQuota((yield* IntakeOptions).quotaBytes)
  // A request at the same instant completed it first, or another upload was given this id.
  const ours = Option.filter(
    jobOf(acceptance),
    ({ rawPath, rawSha256 }) => acceptance._tag !== "Conflict" || (rawPath === path && rawSha256 === file.sha256)
  )
  if (Option.isNone(ours)) {
    yield* removeUnlessKept(acceptance, path)
    return yield* idTaken(documentId)
  }
  const job = ours.value
  // The answer is written first: a request that no longer finds the file finds the job.
  yield* uploads.answer(userId, documentId, job.jobId)
  yield* removeUnlessKept(acceptance, path)
  return { job, duplicate: job.documentId !== documentId }
})

const again = Effect.fnUntraced(function*(userId: UserId, jobId: JobId, id: DocumentId, sha256: string) {
  const jobs = yield* Jobs
  const found = yield* jobs.find(userId, jobId)
  if (Option.isNone(found)) return yield* documentDeleted()
  const job = found.value
  if (job.rawSha256 !== sha256) return yield* checksumMismatch(job.rawSha256)
  return { job, duplicate: job.documentId !== id }
})

/** Unless it was completed meanwhile as a duplicate, whose file is removed. */
const absent = Effect.fnUntraced(function*(userId: UserId, id: DocumentId, sha256: string) {
  const { jobId } = yield* findUpload(userId, id)
  if (jobId !== null) return yield* again(userId, jobId, id, sha256)
  return yield* uploadConflict(
    "UPLOAD_MISSING",
    "No bytes have been received yet. Send the whole file to upload_url, or create a new upload if that address has expired."
  )
})

const end = Effect.fnUntraced(function*({ documentId, path, userId }: Upload) {
  const uploads = yield* Uploads
  if (yield* uploads.end(userId, documentId)) yield* removeFile(path)
})
