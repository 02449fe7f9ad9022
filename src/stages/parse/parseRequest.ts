/** What the parser sees of a job. */
import { Effect, Redacted } from "effect"
import type { ParseRequest } from "../../../services/DocumentParser.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { extensionOf } from "../../domain/mediaType.ts"
import { originalOf } from "../originalOf.ts"
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
    content: originalOf(storage, job),
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
