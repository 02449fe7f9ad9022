/** The parsed text from storage, checked against the hash in the job's row. */
import { Effect, Stream } from "effect"
import { ObjectStorage } from "../../services/ObjectStorage.ts"
import { sha256 } from "../domain/hash.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { PermanentError } from "../domain/StageError.ts"

export const readParsed = Effect.fnUntraced(function*(job: ClaimedJob) {
  const storage = yield* ObjectStorage
  const parts = yield* Stream.runCollect(storage.get(job.parsed_path ?? ""))
  const bytes = Buffer.concat(parts)
  if (sha256(bytes) !== job.parsed_sha256) {
    return yield* new PermanentError({
      code: "PARSED_CORRUPT",
      message: "The stored text does not have the hash it was stored with.",
      dependency: "storage"
    })
  }
  return bytes.toString("utf8")
})
