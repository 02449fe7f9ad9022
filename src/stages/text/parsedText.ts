/** The parsed text from storage, checked against the hash in the job's row: as a whole while it is short, else in parts. */
import { Effect, Option, Stream } from "effect"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256InParts } from "../../domain/hash.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { PermanentError, type ServiceError } from "../../domain/ServiceError.ts"
import { longText } from "../../policy/limits.ts"

/** None if it is too long to be one string here. */
export const wholeText = Effect.fnUntraced(function*(job: ClaimedJob) {
  const storage = yield* ObjectStorage
  const stored = yield* storage.stat(job.parsedPath ?? "")
  if (Option.exists(stored, ({ bytes }) => bytes > longText)) return Option.none<string>()
  const parts = yield* Stream.runCollect(textInParts(storage, job))
  return Option.some(Buffer.concat(parts).toString("utf8"))
})

/** Fails at its end if it is not the text that was stored. */
export const textInParts = (
  storage: ObjectStorage["Service"],
  job: ClaimedJob
): Stream.Stream<Uint8Array, ServiceError> =>
  Stream.suspend(() => {
    const hash = sha256InParts()
    const check = Effect.suspend(() =>
      hash.hex() === job.parsedSha256 ? Effect.void : Effect.fail(
        new PermanentError({
          code: "PARSED_CORRUPT",
          message: "The stored text does not have the hash it was stored with.",
          dependency: "storage"
        })
      )
    )
    return storage.get(job.parsedPath ?? "").pipe(
      Stream.tap((part) => Effect.sync(() => hash.add(part))),
      Stream.concat(Stream.fromEffectDrain(check))
    )
  })
