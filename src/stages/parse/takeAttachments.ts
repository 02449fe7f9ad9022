/**
 * The files attached to a mail become documents of the same user, with jobs of their own. Their ids follow from the mail's,
 * so that a step repeated after a crash makes no second one. What is not taken is named in the mail's coverage.
 */
import { Effect, Option, Stream } from "effect"
import { type Acceptance, Documents } from "../../../services/Documents.ts"
import { Ids } from "../../../services/Ids.ts"
import { Inventory } from "../../../services/Inventory.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { type AttachedFile, attachmentId } from "../../domain/Attachment.ts"
import { cleanName } from "../../domain/cleanName.ts"
import type { Omission } from "../../domain/coverage/Coverage.ts"
import { sha256 } from "../../domain/hash.ts"
import type { DocumentId } from "../../domain/Ids.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { judgeFile } from "../../domain/judgeFile.ts"
import { extensionOf } from "../../domain/mediaType.ts"
import { StaleClaim } from "../../domain/Move.ts"
import { rawPath } from "../../domain/objectPaths.ts"
import { sniffedBytes } from "../../domain/sniff.ts"
import { dimensions } from "../../domain/Vector.ts"
import { attachments } from "../../policy/attachments.ts"
import { IntakeRules } from "../IntakeRules.ts"
import { originalOf } from "../originalOf.ts"

export const takeAttachments = Effect.fn("parse.takeAttachments")(function*(job: ClaimedJob) {
  const inventory = yield* Inventory
  const storage = yield* ObjectStorage
  const source = { mediaType: job.mediaType, content: originalOf(storage, job) }
  const attached = yield* inventory.attachments(source, attachments.most)
  if (attached._tag === "Unknown") return [omission(1, attached.reason)]
  const { files, more } = attached
  if (files.length === 0) return []
  if ((yield* depthOf(job)) >= attachments.deepest) {
    const count = files.length + more
    return [omission(count, `${count === 1 ? "It is" : "They are"} nested in more than ${attachments.deepest} mails.`)]
  }
  const omissions: Array<Omission> = []
  // One after the other, so that they are listed in their order.
  for (const [place, file] of files.entries()) {
    const refused = yield* take(job, place, file)
    if (refused !== undefined) omissions.push(omission(1, `${cleanName(file.name)}: ${refused}`))
  }
  return more === 0
    ? omissions
    : [...omissions, omission(more, `At most ${attachments.most} attachments of a mail are accepted.`)]
})

const omission = (count: number, detail: string): Omission => ({ kind: "attachment", page: 0, count, detail })

/** How many mails the job's document is inside. */
const depthOf = Effect.fnUntraced(function*({ parentDocumentId, userId }: ClaimedJob) {
  const documents = yield* Documents
  let depth = 0
  for (let at: DocumentId | null = parentDocumentId; at !== null && depth < attachments.deepest; depth++) {
    const parent: Option.Option<{ readonly job: { readonly parentDocumentId: DocumentId | null } }> = yield* documents
      .find(userId, at)
    at = Option.isNone(parent) ? null : parent.value.job.parentDocumentId
  }
  return depth
})

/** Why it is not taken; undefined if it is. */
const take = Effect.fnUntraced(function*(mail: ClaimedJob, place: number, { content, name: given }: AttachedFile) {
  const { userId } = mail
  const documents = yield* Documents
  const storage = yield* ObjectStorage
  const documentId = attachmentId(mail.documentId, place)
  // By an earlier attempt.
  if (Option.isSome(yield* documents.find(userId, documentId))) return undefined
  const name = cleanName(given)
  const judgement = judgeFile(name, content.subarray(0, sniffedBytes))
  if (judgement._tag === "Refused") return judgement.refusal.what
  const { mediaType } = judgement
  const { uuid } = yield* Ids
  const path = rawPath(userId, documentId, yield* uuid, extensionOf(name, mediaType))
  const refused = yield* storage.put(path, Stream.make(content), mediaType).pipe(
    Effect.as(undefined),
    Effect.catchTag("PermanentError", ({ message }) => Effect.succeed(message))
  )
  if (refused !== undefined) return refused
  const { quotaBytes } = yield* IntakeRules
  const acceptance = yield* documents.accept({
    userId,
    documentId,
    parentDocumentId: mail.documentId,
    correlationId: mail.correlationId,
    filename: name,
    mediaType,
    bytes: content.length,
    sha256: sha256(content),
    rawPath: path,
    metadata: Option.match(yield* documents.find(userId, mail.documentId), {
      onNone: () => ({}),
      onSome: ({ metadata }) => metadata
    }),
    priority: mail.priority,
    chunker: mail.chunksVersion,
    model: { model: mail.embedModel, version: mail.embedVersion, dimensions },
    traceparent: mail.traceparent,
    // The same file may be attached to several mails.
    force: true,
    requestId: null,
    quotaBytes
  })
  // Otherwise the sweep removes the object, because no row names it.
  if (!isKept(acceptance, path)) yield* Effect.ignore(storage.remove(path), { log: true })
  if (acceptance._tag === "ParentGone") {
    yield* Effect.logInfo("The mail was deleted while its attachments were being accepted: none of them is kept.")
    return yield* new StaleClaim({ jobId: mail.jobId })
  }
  return acceptance._tag === "OverQuota" ? "The storage quota is used up." : undefined
})

const isKept = (acceptance: Acceptance, path: string): boolean =>
  acceptance._tag === "Accepted" ||
  (acceptance._tag === "Conflict" && Option.exists(acceptance.job, (job) => job.rawPath === path))
