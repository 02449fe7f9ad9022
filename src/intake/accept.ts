/** Stores an uploaded form's file and creates its document, or leaves nothing behind. */
import { Effect, Option } from "effect"
import { type Document, Documents } from "../../services/Documents.ts"
import { Ids } from "../../services/Ids.ts"
import { DocumentId } from "../domain/Ids.ts"
import { IntakeOptions } from "./IntakeOptions.ts"
import { makeDocument, removeUnlessKept } from "./makeDocument.ts"
import { type Form, readForm } from "./readForm.ts"
import { erasedUser, idTaken, overQuota, reusedKey } from "./refusals.ts"
import { removeFile } from "./removeFile.ts"
import type { Sender } from "./Sender.ts"

type ReadForm = Effect.Success<ReturnType<typeof readForm>>

export const accept = Effect.fn("intake.accept")(function*(form: Form, sender: Sender) {
  const ids = yield* Ids
  const fresh = DocumentId.make(yield* ids.uuid)
  const earlier = yield* earlierAttempt(sender)
  yield* refuseWithoutRoom(form, sender)
  // A caller may disconnect until the file is complete; from then on the rows and the file are kept together.
  return yield* Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
    const upload = yield* restore(readForm(form, sender.userId, fresh))
    return Option.isSome(earlier) ? yield* sameAs(earlier.value, upload) : yield* finish(upload, sender)
  }))
})

/**
 * A large file above the quota is refused unread. For a small one the check is part of its acceptance, at no extra cost.
 */
const refuseWithoutRoom = Effect.fnUntraced(function*({ bytes }: Form, { userId }: Sender) {
  if (bytes < 1_000_000) return
  const { quotaBytes } = yield* IntakeOptions
  const documents = yield* Documents
  if ((yield* documents.used(userId)) >= quotaBytes) return yield* overQuota(quotaBytes)
})

/** What an earlier attempt of this request created before it could answer. */
const earlierAttempt = Effect.fnUntraced(function*({ requestId, userId }: Sender) {
  const documents = yield* Documents
  return requestId === null ? Option.none<Document>() : yield* documents.findByRequest(userId, requestId)
})

const sameAs = Effect.fnUntraced(function*({ job, sha256 }: Document, { file }: ReadForm) {
  yield* removeFile(file.path)
  if (file.sha256 !== sha256) return yield* reusedKey()
  return { job, duplicate: false }
})

/** If several uploads ask for one id at once, only one becomes the document; until then each has its own file. */
const finish = Effect.fnUntraced(function*(upload: ReadForm, sender: Sender) {
  const { documentId, file } = upload
  const acceptance = yield* makeDocument(documentId, file, upload, sender)
  yield* removeUnlessKept(acceptance, file.path)
  if (acceptance._tag === "Erased") return yield* erasedUser()
  if (acceptance._tag === "OverQuota") return yield* overQuota((yield* IntakeOptions).quotaBytes)
  if (acceptance._tag === "Conflict") return yield* idTaken(documentId)
  return { job: acceptance.job, duplicate: acceptance._tag === "Duplicate" }
})
