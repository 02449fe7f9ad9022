/** What the parser gets to see of a job. */
import { Effect, Redacted } from "effect"
import type { ParseRequest } from "../../services/DocumentParser.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { Pipeline } from "./Pipeline.ts"

export const parseRequest = Effect.fnUntraced(function*(job: ClaimedJob) {
  const storage = yield* ObjectStorage
  const { callbackUrl } = yield* Pipeline
  const request: ParseRequest = {
    jobId: job.job_id,
    documentId: job.document_id,
    filename: job.raw_path.split("/").at(-1) ?? job.document_id,
    mediaType: job.media_type,
    bytes: job.bytes,
    content: storage.get(job.raw_path),
    ...(callbackUrl === undefined ? {} : {
      callback: {
        url: new URL(`webhooks/llamaparse/${job.job_id}`, callbackUrl),
        secret: Redacted.make(job.webhook_secret)
      }
    })
  }
  return request
})
