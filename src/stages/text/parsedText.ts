/** The parsed text from storage, checked against the hash in the job's row: as a whole while it is short, else in parts. */
import { Context, Effect, Option, Semaphore, Stream } from "effect"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256InParts } from "../../domain/hash.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { PermanentError, type ServiceError } from "../../domain/ServiceError.ts"
import { longText, textsInHand } from "../../policy/limits.ts"

/** By bytes: a worker that restarts may have a hundred texts of several megabytes to read. */
const TextsInHand = Context.Reference<Semaphore.Semaphore>("accessa/stages/TextsInHand", {
  defaultValue: () => Semaphore.makeUnsafe(textsInHand)
})

/** None if it is too long to be one string here. Other texts may have to wait until the scope ends. */
export const wholeText = Effect.fnUntraced(function*(job: ClaimedJob) {
  const storage = yield* ObjectStorage
  const texts = yield* TextsInHand
  const stored = yield* storage.stat(job.parsedPath ?? "")
  const bytes = Option.match(stored, { onNone: () => 0, onSome: (object) => object.bytes })
  if (bytes > longText) return Option.none<string>()
  yield* Effect.acquireRelease(texts.take(bytes), () => texts.release(bytes), { interruptible: true })
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
