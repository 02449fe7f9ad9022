/** What can be received: our own limits, or those of the storage where they are lower. */
import { Effect } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { type StorageLimits, takesType } from "../domain/StorageLimits.ts"
import { IntakeOptions } from "./IntakeOptions.ts"
import { refusedByStorage, tooLarge } from "./refusals.ts"

const lower = (own: number, { maxBytes }: StorageLimits): number => Math.min(own, maxBytes ?? own)

/** The largest size of any file. */
export const largestFile = Effect.gen(function*() {
  const { maxUploadBytes } = yield* IntakeOptions
  const storage = yield* ObjectStorage
  return lower(maxUploadBytes, yield* storage.limits("raw"))
})

/** Its parsed text is as long as the file. */
const isText = (mediaType: string): boolean => mediaType === "text/plain" || mediaType === "text/markdown"

/** The largest size of a file of this type, unless the storage refuses the type. Text must fit again once it is parsed. */
export const largestOf = Effect.fnUntraced(function*(mediaType: string) {
  const storage = yield* ObjectStorage
  if (!takesType(yield* storage.limits("raw"), mediaType)) return yield* refusedByStorage(mediaType)
  const largest = yield* largestFile
  return isText(mediaType) ? lower(largest, yield* storage.limits("parsed")) : largest
})

export const refuseLarger = Effect.fnUntraced(function*(mediaType: string, bytes: number) {
  const largest = yield* largestOf(mediaType)
  if (bytes > largest) return yield* tooLarge(largest)
})
