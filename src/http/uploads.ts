/** Uploads through a signed address: announced, then completed into a document. */
import { Clock, DateTime, Duration, Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Documents } from "../../services/Documents.ts"
import type { Embedder } from "../../services/Embedder.ts"
import { Ids } from "../../services/Ids.ts"
import type { Jobs } from "../../services/Jobs.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Uploads } from "../../services/Uploads.ts"
import { Caller } from "../api/Access.ts"
import { Api } from "../api/Api.ts"
import type { UploadRequest, UploadView } from "../api/uploads.ts"
import { cleanName } from "../domain/cleanName.ts"
import { DocumentId } from "../domain/Ids.ts"
import { extensionOf, promisedType } from "../domain/mediaType.ts"
import { rawPath } from "../domain/objectPaths.ts"
import { takesType } from "../domain/StorageLimits.ts"
import { complete } from "../intake/complete.ts"
import { IntakeOptions } from "../intake/IntakeOptions.ts"
import { emptyFile, overQuota } from "../intake/refusals.ts"
import { refuseLarger } from "../intake/storageLimits.ts"
import { uploads as policy } from "../policy/uploads.ts"
import { uploadUrl } from "./links/uploadUrl.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { senderOf } from "./server/sender.ts"
import { tooMany } from "./server/tooMany.ts"
import { UploadHealth } from "./server/UploadHealth.ts"
import { uploadAnswer } from "./views/uploadAnswer.ts"

export const UploadsLive = HttpApiBuilder.group(
  Api,
  "uploads",
  Effect.fnUntraced(function*(handlers) {
    const services = yield* Effect.context<
      Documents | Embedder | HttpOptions | Ids | IntakeOptions | Jobs | ObjectStorage | Uploads
    >()
    const uploadHealth = yield* UploadHealth
    return handlers.handleAll({
      create: handler("http.uploads.create", function*({ payload }) {
        return yield* Effect.provideContext(announce(payload), services)
      }),
      complete: handler("http.uploads.complete", function*({ params: { document_id }, payload: { sha256 }, request }) {
        const completed = complete(document_id, sha256.toLowerCase(), yield* senderOf(request))
        return yield* uploadAnswer(yield* uploadHealth.watch(Effect.provideContext(completed, services)))
      })
    })
  })
)

const announce = Effect.fnUntraced(function*(wanted: UploadRequest) {
  const { bounds, publicUrl, linkSecrets } = yield* HttpOptions
  const { quotaBytes } = yield* IntakeOptions
  if (wanted.bytes === 0) return yield* emptyFile()
  const { userId } = yield* Caller
  const ids = yield* Ids
  const storage = yield* ObjectStorage
  const uploads = yield* Uploads
  const documentId = DocumentId.make(yield* ids.uuid)
  const filename = cleanName(wanted.filename)
  // The type is unknown until the bytes arrive, so a name without a known extension becomes `.bin`.
  const path = rawPath(userId, documentId, yield* ids.uuid, extensionOf(filename, ""))
  const mediaType = wanted.media_type ?? (yield* typeFor(filename))
  yield* refuseLarger(mediaType, wanted.bytes)
  const now = yield* Clock.currentTimeMillis
  const expires = Math.floor((now + Duration.toMillis(policy.url)) / 1000)
  const { bytes } = wanted
  const sha256 = wanted.sha256?.toLowerCase() ?? null
  const address = yield* storage.uploadAddress(path, { mediaType, bytes, sha256 })
  const { headers, lasts, url } = Option.getOrElse(address, () => ({
    url: uploadUrl(linkSecrets, publicUrl, { documentId, userId, expires, bytes }),
    headers: { "content-type": mediaType },
    lasts: policy.url
  }))
  const { _tag } = yield* uploads.open({
    userId,
    documentId,
    filename,
    bytes,
    sha256,
    path,
    metadata: wanted.metadata ?? {},
    priority: wanted.priority ?? 0,
    force: wanted.force ?? false,
    urlLasts: lasts,
    openAtMost: bounds.openUploads,
    quotaBytes
  })
  if (_tag === "OverQuota") return yield* overQuota(quotaBytes)
  if (_tag === "TooMany") {
    const what = `This user already has ${bounds.openUploads} announced uploads that are not completed.`
    return yield* tooMany(what, Duration.minutes(1), "TOO_MANY_OPEN_UPLOADS")
  }
  const view: UploadView = {
    document_id: documentId,
    upload_url: url.href,
    method: "PUT",
    headers,
    // A storage's own address may be good for longer than ours.
    expires_at: DateTime.makeUnsafe(Math.floor((now + Duration.toMillis(lasts)) / 1000) * 1000),
    complete_by: DateTime.makeUnsafe(now + Duration.toMillis(policy.completion)),
    links: { complete: `/api/v1/uploads/${documentId}/complete` }
  }
  return view
})

/** Our own address accepts any type; a storage may accept only certain ones. */
const typeFor = Effect.fnUntraced(function*(filename: string) {
  const storage = yield* ObjectStorage
  return takesType(yield* storage.limits("raw"), unknownType) ? unknownType : promisedType(filename) ?? unknownType
})

const unknownType = "application/octet-stream"
