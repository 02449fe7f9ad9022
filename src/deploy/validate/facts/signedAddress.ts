/** Announces an upload, and sends it to its address and to that of another user's file. It is never completed, and swept. */
import { Clock, Effect, Option, Schema } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { randomUUID } from "node:crypto"
import type { ApiClient } from "../../baseline/sendDocument.ts"
import type { SignedAddress } from "../Facts.ts"

const content = "Validation.\n"
const uuid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/

/** `client` sends no key. */
export const trySignedAddress = Effect.fnUntraced(
  function*(api: ApiClient, client: HttpClient.HttpClient, mediaType: string) {
    const bytes = new TextEncoder().encode(content)
    const upload = yield* api.uploads.create({
      payload: { filename: "accessa-validation.txt", bytes: bytes.length, media_type: mediaType }
    })
    const put = (url: URL) =>
      client.execute(
        HttpClientRequest.put(url).pipe(
          HttpClientRequest.bodyUint8Array(bytes, upload.headers["content-type"] ?? mediaType),
          HttpClientRequest.setHeaders(upload.headers)
        )
      ).pipe(Effect.map(({ status }) => status))
    const own = new URL(upload.upload_url)
    const other = new URL(own)
    other.pathname = own.pathname.replace(uuid, () => randomUUID())
    const otherStatus = yield* put(other)
    const address: SignedAddress = {
      lastsSeconds: (Math.max(upload.expires_at.epochMilliseconds, endOf(own)) - (yield* Clock.currentTimeMillis)) /
        1_000,
      otherStatus,
      status: yield* put(own)
    }
    return address
  }
)

/** As the storage itself signed it, in milliseconds: what the API promises may be shorter. */
const endOf = (url: URL): number => {
  const claims = Buffer.from(url.searchParams.get("token")?.split(".")[1] ?? "", "base64url").toString("utf8")
  return Option.match(decodeClaims(claims), { onNone: () => 0, onSome: ({ exp }) => exp * 1_000 })
}
const decodeClaims = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ exp: Schema.Finite })))
