/** What the parser sees of a job. */
import { Effect, Redacted, Stream } from "effect"
import type { ParseRequest } from "../../../services/DocumentParser.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256InParts } from "../../domain/hash.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { extensionOf } from "../../domain/mediaType.ts"
import { PermanentError, type ServiceError } from "../../domain/ServiceError.ts"
import { WorkerIdentity } from "../WorkerIdentity.ts"

export const parseRequest = Effect.fnUntraced(function*(job: ClaimedJob) {
  const storage = yield* ObjectStorage
  const { callbackUrl } = yield* WorkerIdentity
  const request: ParseRequest = {
    jobId: job.jobId,
    documentId: job.documentId,
    userId: job.userId,
    filename: nameOf(job),
    mediaType: job.mediaType,
    bytes: job.bytes,
    content: verified(storage.get(job.rawPath), job),
    ...(callbackUrl === undefined ? {} : {
      callback: {
        url: callbackUrl(job.jobId),
        secret: Redacted.make(job.webhookSecret)
      }
    })
  }
  return request
})

/** The extension we send. A path chosen before the bytes arrived may end in `.bin`, which no parser understands. */
const nameOf = ({ documentId, mediaType, rawPath }: ClaimedJob): string =>
  (rawPath.split("/").at(-1) ?? documentId).replace(/\.bin$/, () => `.${extensionOf("", mediaType)}`)

/**
 * Fails if these are not the uploaded bytes: before the parser receives more than were announced, which would look like a
 * broken connection, and before it receives the last one.
 */
const verified = (
  content: Stream.Stream<Uint8Array, ServiceError>,
  job: ClaimedJob
): Stream.Stream<Uint8Array, ServiceError> =>
  Stream.suspend(() => {
    const hash = sha256InParts()
    let bytes = 0
    const look = (part: Uint8Array) =>
      Effect.suspend(() => {
        bytes += part.length
        hash.add(part)
        return bytes > job.bytes ? corrupt("size") : Effect.void
      })
    const check = Effect.suspend(() =>
      bytes !== job.bytes ? corrupt("size") : hash.hex() !== job.rawSha256 ? corrupt("hash") : Effect.void
    )
    return content.pipe(Stream.tap(look), Stream.concat(Stream.fromEffectDrain(check)))
  })

const corrupt = (what: "size" | "hash") =>
  Effect.fail(
    new PermanentError({
      code: "RAW_CORRUPT",
      message: `The stored file does not have the ${what} it was uploaded with.`,
      dependency: "storage"
    })
  )
