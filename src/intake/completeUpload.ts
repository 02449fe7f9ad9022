/** Reads back what came by a signed address, and makes a document of it if it is what was announced: once, however often it is asked. */
import { Effect, Option, Stream } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Jobs } from "../../services/Jobs.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { type Upload, Uploads } from "../../services/Uploads.ts"
import { Caller } from "../api/Access.ts"
import { Conflict, Gone, NotFound, Unprocessable } from "../api/Problem.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { DocumentId, JobId } from "../domain/Ids.ts"
import { acceptDocument, discardUnused, overQuota, taken, traceparentOf } from "./acceptDocument.ts"
import { acceptedType, meter, peek, tooLarge } from "./examine.ts"
import { discard } from "./readUpload.ts"

export const completeUpload = Effect.fn("http.completeUpload")(function*(
  id: DocumentId,
  sha256: string,
  request: HttpServerRequest.HttpServerRequest
) {
  const upload = yield* findUpload(id)
  if (upload.jobId !== null) return yield* again(upload.jobId, id, sha256)
  if (upload.state === "ended") return yield* expired
  const traceparent = yield* traceparentOf(request)
  return yield* Effect.uninterruptibleMask((restore) =>
    restore(examine(upload, sha256)).pipe(
      // What came is refused for good; a storage that fails may do better the next time.
      Effect.tapErrorTag(["TooLarge", "UnsupportedMedia", "Unprocessable"], () => end(upload)),
      Effect.flatMap((file) => finish(upload, file, traceparent)),
      Effect.catchTag("UploadMissing", () => absent(id, sha256))
    )
  )
})

const findUpload = Effect.fnUntraced(function*(id: DocumentId) {
  const { userId } = yield* Caller
  const uploads = yield* Uploads
  const found = yield* uploads.find(userId, id)
  if (Option.isSome(found)) return found.value
  const detail = `No upload ${id} is waiting: it was never announced, or nothing is left of it.`
  return yield* new NotFound({ code: "UPLOAD_NOT_FOUND", detail })
})

/** The bytes are what they were announced to be before anybody looks what they are. */
const examine = Effect.fnUntraced(function*(upload: Upload, sha256: string) {
  const storage = yield* ObjectStorage
  const stored = storage.get(upload.path).pipe(
    Stream.mapError((error) => error.code === "RAW_MISSING" ? uploadMissing : error)
  )
  const metered = meter(stored, upload.bytes, tooLarge(upload.bytes))
  const { content, head } = yield* peek(metered.content)
  yield* Stream.runDrain(content)
  const seen = metered.seen()
  if (seen.sha256 !== sha256 || seen.sha256 !== (upload.sha256 ?? sha256)) return yield* mismatch(seen.sha256)
  const mediaType = yield* acceptedType(upload.filename, head)
  return { name: upload.filename, mediaType, path: upload.path, ...seen }
}, Effect.scoped)

type Examined = Effect.Success<ReturnType<typeof examine>>

const finish = Effect.fnUntraced(function*(upload: Upload, file: Examined, traceparent: string | null) {
  const { documentId, path, userId } = upload
  const uploads = yield* Uploads
  if (!(yield* uploads.confirm(userId, documentId, path))) return yield* expired
  const acceptance = yield* acceptDocument(documentId, file, upload, traceparent)
  const { job, outcome } = acceptance
  // Its bytes stay for as long as it may be completed again, with room for it then.
  if (outcome === "over_quota") return yield* overQuota
  // Somebody completes it at the same instant and was first, or another upload was given this id.
  const isOurs = outcome !== "conflict" || (job?.raw_path === path && job.raw_sha256 === file.sha256)
  if (job === undefined || !isOurs) {
    yield* discardUnused(acceptance, path)
    return yield* taken(documentId)
  }
  // The answer is written first: whoever finds no object any more finds the job.
  yield* uploads.answer(userId, documentId, job.job_id)
  yield* discardUnused(acceptance, path)
  return { job, duplicate: job.document_id !== documentId }
})

const again = Effect.fnUntraced(function*(jobId: JobId, id: DocumentId, sha256: string) {
  const { userId } = yield* Caller
  const jobs = yield* Jobs
  const found = yield* jobs.find(userId, jobId)
  if (Option.isNone(found)) {
    const detail = "The document that came of this upload was deleted."
    return yield* new NotFound({ code: "DOCUMENT_NOT_FOUND", detail })
  }
  const job = found.value
  return job.raw_sha256 === sha256 ? { job, duplicate: job.document_id !== id } : yield* mismatch(job.raw_sha256)
})

/** Unless somebody has completed it meanwhile as a duplicate, whose object goes. */
const absent = Effect.fnUntraced(function*(id: DocumentId, sha256: string) {
  const { jobId } = yield* findUpload(id)
  if (jobId !== null) return yield* again(jobId, id, sha256)
  const detail = "No bytes have come yet. Send the whole file to upload_url, then complete the upload."
  return yield* new Conflict({ code: "UPLOAD_MISSING", detail })
})

const end = Effect.fnUntraced(function*({ documentId, path, userId }: Upload) {
  const uploads = yield* Uploads
  if (yield* uploads.end(userId, documentId)) yield* discard(path)
})

const uploadMissing = { _tag: "UploadMissing" } as const

const mismatch = Effect.fnUntraced(function*(found: string) {
  const detail = `The sha256 of the bytes that came is ${found}. ${errorCodes.CHECKSUM_MISMATCH.help}`
  return yield* new Unprocessable({ code: "CHECKSUM_MISMATCH", detail })
})

export const expired = Effect.gen(function*() {
  const detail = "The upload was not completed in time, or what came was refused. Make a new one."
  return yield* new Gone({ detail })
})
