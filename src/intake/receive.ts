/**
 * Streams one file into the storage: detects its type from the first bytes, counts and hashes it, and refuses it before any
 * cost arises.
 */
import { Effect, type Stream } from "effect"
import { Ids } from "../../services/Ids.ts"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { cleanName } from "../domain/cleanName.ts"
import type { DocumentId, UserId } from "../domain/Ids.ts"
import { extensionOf } from "../domain/mediaType.ts"
import { rawPath } from "../domain/objectPaths.ts"
import { acceptedType, meter, peek } from "./examine.ts"
import { tooLarge } from "./refusals.ts"
import { largestOf } from "./storageLimits.ts"

export interface ReceivedFile {
  readonly name: string
  readonly mediaType: string
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** `look` receives each piece. */
export const receive = Effect.fn("intake.receive")(function*<E>(
  file: { readonly name: string; readonly content: Stream.Stream<Uint8Array, E> },
  owner: { readonly userId: UserId; readonly documentId: DocumentId },
  look: (bytes: Uint8Array) => void = () => {}
) {
  const storage = yield* ObjectStorage
  const ids = yield* Ids
  const name = cleanName(file.name)
  const { content, head } = yield* peek(file.content)
  const mediaType = yield* acceptedType(name, head)
  const path = rawPath(owner.userId, owner.documentId, yield* ids.uuid, extensionOf(name, mediaType))
  const largest = yield* largestOf(mediaType)
  const metered = meter(content, largest, () => tooLarge(largest), look)
  yield* storage.put(path, metered.content, mediaType)
  return { name, mediaType, path, ...metered.seen() }
}, Effect.scoped)
