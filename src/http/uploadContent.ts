/** Accepts the bytes of an announced upload at the API's own signed address. The signature is the only credential. */
import { Clock, Effect, Option, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Uploads } from "../../services/Uploads.ts"
import { Api } from "../api/Api.ts"
import { Unauthorized } from "../api/Problem.ts"
import { DocumentId, UserId } from "../domain/Ids.ts"
import { extensionOf } from "../domain/mediaType.ts"
import { rawPath } from "../domain/objectPaths.ts"
import { meter } from "../intake/examine.ts"
import {
  emptyFile,
  longerThanAnnounced,
  malformed,
  shorterThanAnnounced,
  uploadConflict,
  uploadExpired,
  uploadNotFound
} from "../intake/refusals.ts"
import { removeFile } from "../intake/removeFile.ts"
import { isUploadSignature, type UploadGrant } from "./links/uploadUrl.ts"
import { handler } from "./middleware/serviceProblem.ts"
import { AtOnce } from "./server/AtOnce.ts"
import { HttpOptions } from "./server/HttpOptions.ts"
import { UploadHealth } from "./server/UploadHealth.ts"

export const UploadContentLive = HttpApiBuilder.group(
  Api,
  "uploadContent",
  Effect.fnUntraced(function*(handlers) {
    const ids = yield* Ids
    const storage = yield* ObjectStorage
    const uploads = yield* Uploads
    const atOnce = yield* AtOnce
    const uploadHealth = yield* UploadHealth
    const { linkSecrets } = yield* HttpOptions

    const grantOf = Effect.fnUntraced(function*(documentId: string, query: Query) {
      const grant = decodeGrant({ documentId, userId: query.user, expires: query.expires, bytes: query.bytes })
      if (Option.isNone(grant) || !isUploadSignature(linkSecrets, grant.value, query.sig ?? "")) {
        const detail = "The address was not signed by this service."
        return yield* new Unauthorized({ detail })
      }
      if (grant.value.expires * 1000 < (yield* Clock.currentTimeMillis)) return yield* uploadExpired()
      return grant.value
    })

    const waiting = Effect.fnUntraced(function*({ documentId, userId }: UploadGrant) {
      const found = yield* uploads.find(userId, documentId)
      if (Option.isNone(found)) return yield* missing()
      const { filename, received, state } = found.value
      if (state === "ended") return yield* uploadExpired()
      return { filename, received: received || state === "confirmed" }
    })

    return handlers.handleRaw(
      "put",
      handler("http.uploadContent.put", function*({ params, query, request }) {
        const grant = yield* grantOf(params.document_id, query)
        yield* atOnce.hold("upload", grant.userId)
        const refusal = () => longerThanAnnounced(grant.bytes)
        const length = Number(request.headers["content-length"])
        if (length > grant.bytes) return yield* refusal()
        if (length === 0) return yield* emptyFile()
        if (length < grant.bytes) return yield* shorterThanAnnounced(length, grant.bytes)
        const { filename, received } = yield* waiting(grant)
        if (received) return yield* present()
        const { documentId, userId } = grant
        // A path of this request's own: others may send bytes to this address at the same time.
        const path = rawPath(userId, documentId, yield* ids.uuid, extensionOf(filename, ""))
        const metered = meter(request.stream, grant.bytes, refusal)
        const put = storage.put(path, metered.content, request.headers["content-type"] ?? "application/octet-stream")
        return yield* Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
          yield* Effect.catchTag(uploadHealth.watch(restore(put)), "HttpServerError", brokenOff)
          if (yield* uploads.receive(userId, documentId, path)) return HttpServerResponse.jsonUnsafe(metered.seen())
          yield* Effect.provideService(removeFile(path), ObjectStorage, storage)
          yield* waiting(grant)
          return yield* present()
        }))
      })
    )
  })
)

type Query = { readonly [key in "user" | "expires" | "bytes" | "sig"]?: string }

const natural = Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThanOrEqualTo(0))
const decodeGrant = Schema.decodeUnknownOption(
  Schema.Struct({ documentId: DocumentId, userId: UserId, expires: natural, bytes: natural })
)

const missing = () => uploadNotFound("This upload no longer exists. Create a new one.")

const present = () =>
  uploadConflict("UPLOAD_PRESENT", "The bytes have already been received. Complete the upload, or create a new one.")

const brokenOff = () => malformed("BAD_REQUEST", "The body ended early.")
