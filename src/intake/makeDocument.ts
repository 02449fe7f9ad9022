/** Makes a document and its job of a file that has been examined and stored, from either kind of upload. */
import { Effect, Option } from "effect"
import { logTransition } from "../../otel/logs/logTransition.ts"
import { describeSpan, jobAttributes, spanAttributes } from "../../otel/names/attributes.ts"
import { type Acceptance, Documents } from "../../services/Documents.ts"
import { Embedder } from "../../services/Embedder.ts"
import type { DocumentId } from "../domain/Ids.ts"
import type { Job } from "../domain/Job.ts"
import { IntakeOptions } from "./IntakeOptions.ts"
import type { ReceivedFile } from "./receive.ts"
import { removeFile } from "./removeFile.ts"
import type { Sender } from "./Sender.ts"

export interface Wishes {
  readonly metadata?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly force?: boolean
}

/** After a failure the rows may or may not have been written: the file stays, because an orphan costs less than a loss. */
export const makeDocument = Effect.fnUntraced(function*(
  documentId: DocumentId,
  file: ReceivedFile,
  { force = false, metadata = {}, priority = 0 }: Wishes,
  { correlationId, requestId, sentAt, traceparent, userId }: Sender
) {
  const { chunker, quotaBytes } = yield* IntakeOptions
  const documents = yield* Documents
  const { model } = yield* Embedder
  const acceptance = yield* sent(documents.accept({
    userId,
    documentId,
    correlationId,
    filename: file.name,
    mediaType: file.mediaType,
    bytes: file.bytes,
    sha256: file.sha256,
    rawPath: file.path,
    metadata,
    priority,
    chunker,
    model,
    traceparent,
    force,
    requestId,
    quotaBytes,
    sentAt
  }))
  if (acceptance._tag === "ParentGone") return yield* Effect.die(new Error("an uploaded file is attached to nothing"))
  yield* Option.match(jobOf(acceptance), {
    onNone: () => Effect.void,
    onSome: (job) => describeSpan(jobAttributes(job))
  })
  if (acceptance._tag === "Accepted") yield* logTransition(acceptance.job, { to: acceptance.job.status })
  return acceptance
})

const sent = Effect.withSpan("send upload_jobs", {
  kind: "producer",
  attributes: spanAttributes({
    "messaging.system": "postgresql",
    "messaging.destination.name": "upload_jobs",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send"
  })
})

export const removeUnlessKept = (acceptance: Acceptance, path: string) =>
  acceptance._tag === "Accepted" || Option.exists(jobOf(acceptance), ({ rawPath }) => rawPath === path)
    ? Effect.void
    : removeFile(path)

/** The document's job, or the existing one that it conflicts with. */
export const jobOf = (acceptance: Acceptance): Option.Option<Job> => {
  switch (acceptance._tag) {
    case "Erased":
    case "OverQuota":
    case "ParentGone":
      return Option.none()
    case "Conflict":
      return acceptance.job
    default:
      return Option.some(acceptance.job)
  }
}
