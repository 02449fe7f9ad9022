/** By what a repeated request is told from another one that only has the same key: method, address and content. */
import { Effect, Ref, Stream } from "effect"
import type { HttpServerRequest, Multipart } from "effect/http"
import { UploadDigest } from "../api/Idempotency.ts"
import { sha256, sha256InParts } from "../domain/hash.ts"
import { cleanName } from "./cleanName.ts"
import { uploadParts } from "./uploadParts.ts"

export const isUpload = (request: HttpServerRequest.HttpServerRequest): boolean =>
  /^multipart\/form-data\b/i.test(request.headers["content-type"] ?? "")

/** `content` is a hash. */
export const fingerprintOf = ({ method, url }: HttpServerRequest.HttpServerRequest, content: string): string =>
  sha256(JSON.stringify([method, url, content]))

/** A body that cannot be read is none: whoever reads it next says so. */
export const bodyDigest = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<string> =>
  request.arrayBuffer.pipe(
    Effect.map((bytes) => sha256(new Uint8Array(bytes))),
    Effect.catch(() => Effect.succeed(""))
  )

/** The boundary is made up anew for each try, so the parts count and not the bytes between them. */
export const uploadDigestOf = (
  fields: ReadonlyMap<string, string>,
  file: { readonly name: string; readonly sha256: string }
): string => sha256(JSON.stringify([[...fields].sort(([a], [b]) => a < b ? -1 : 1), file.name, file.sha256]))

/** For whoever asks behind the handler. */
export const noteUpload = (...upload: Parameters<typeof uploadDigestOf>) =>
  Effect.flatMap(UploadDigest, (digest) => Ref.set(digest, uploadDigestOf(...upload)))

/** Reads a repeated upload to its end and keeps nothing of it. */
export const rereadUpload = Effect.fn("http.rereadUpload")(
  function*(request: HttpServerRequest.HttpServerRequest, limits: Multipart.withLimits.Options) {
    const fields = new Map<string, string>()
    let file = { name: "", sha256: "" }
    const read = (part: Multipart.Part) =>
      Effect.gen(function*() {
        if (part._tag === "Field") return void fields.set(part.key, part.value)
        const hash = sha256InParts()
        yield* Stream.runForEach(part.content, (bytes) => Effect.sync(() => hash.add(bytes)))
        if (part.name !== "") file = { name: cleanName(part.name), sha256: hash.hex() }
      })
    yield* Stream.runForEach(uploadParts(request, limits), read)
    return uploadDigestOf(fields, file)
  },
  Effect.catchTag("MultipartError", () => Effect.succeed(""))
)
