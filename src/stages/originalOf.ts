/** The uploaded file from storage, checked against the size and the hash in the job's row. */
import { Effect, Stream } from "effect"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"
import { sha256InParts } from "../domain/hash.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { PermanentError, type ServiceError } from "../domain/ServiceError.ts"

/**
 * Fails if these are not the uploaded bytes: before its reader receives more than were announced, which would look like a
 * broken connection, and before it receives the last one.
 */
export const originalOf = (
  storage: ObjectStorage["Service"],
  job: ClaimedJob
): Stream.Stream<Uint8Array, ServiceError> =>
  Stream.suspend(() => {
    const hash = sha256InParts()
    let bytes = 0
    const look = (part: Uint8Array) =>
      Effect.suspend(() => {
        bytes += part.length
        hash.add(part)
        return bytes > job.bytes ? corrupt("size") : Effect.void
      })
    const check = Effect.suspend(() =>
      bytes !== job.bytes ? corrupt("size") : hash.hex() !== job.rawSha256 ? corrupt("hash") : Effect.void
    )
    return storage.get(job.rawPath).pipe(Stream.tap(look), Stream.concat(Stream.fromEffectDrain(check)))
  })

const corrupt = (what: "size" | "hash") =>
  Effect.fail(
    new PermanentError({
      code: "RAW_CORRUPT",
      message: `The stored file does not have the ${what} it was uploaded with.`,
      dependency: "storage"
    })
  )
