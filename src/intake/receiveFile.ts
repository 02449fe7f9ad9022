/**
 * Takes one uploaded file from the wire into the storage: typed by its first bytes, counted and hashed on the way, refused
 * before anything is spent on it.
 */
import { Effect } from "effect"
import type { Multipart } from "effect/http"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { Caller } from "../api/Access.ts"
import type { DocumentId } from "../domain/Ids.ts"
import { rawPath } from "../domain/objectPaths.ts"
import { HttpOptions } from "../http/server/HttpOptions.ts"
import { cleanName } from "./cleanName.ts"
import { acceptedType, meter, peek, tooLarge } from "./examine.ts"
import { extensionOf } from "./mediaType.ts"

export interface ReceivedFile {
  readonly name: string
  readonly mediaType: string
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** `look` sees each piece as it goes by. */
export const receiveFile = Effect.fn("http.receiveFile")(function*(
  part: Multipart.File,
  document: DocumentId,
  look: (bytes: Uint8Array) => void = () => {}
) {
  const { maxUploadBytes } = yield* HttpOptions
  const { userId } = yield* Caller
  const storage = yield* ObjectStorage
  const name = cleanName(part.name)
  const { content, head } = yield* peek(part.content)
  const mediaType = yield* acceptedType(name, head)
  const path = rawPath(userId, document, yield* (yield* Ids).uuid, extensionOf(name, mediaType))
  const metered = meter(content, maxUploadBytes, tooLarge(maxUploadBytes), look)
  yield* storage.put(path, metered.content, mediaType)
  return { name, mediaType, path, ...metered.seen() }
}, Effect.scoped)
