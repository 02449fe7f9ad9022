/** Tries with one object whether the bucket keeps the promises of the port. */
import { Effect, Result, Stream } from "effect"
import { HttpClient } from "effect/http"
import { randomUUID } from "node:crypto"
import type { BucketApi } from "./BucketApi.ts"
import { faultOf, refusedFault } from "./S3Fault.ts"
import type { Signing } from "./signing.ts"

export const tryBucket = (api: BucketApi, { plainAddress }: Signing) =>
  Effect.gen(function*() {
    const stranger = yield* HttpClient.HttpClient
    const key = `raw/probe-${randomUUID()}.txt`
    yield* api.exists
    yield* api.put(key, line, "text/plain")
    yield* Stream.runDrain(api.get(key))
    const again = yield* Effect.result(api.put(key, line, "text/plain"))
    const { status } = yield* Effect.mapError(stranger.get(yield* plainAddress(key)), faultOf)
    yield* api.remove([{ Key: key }])
    if (Result.isSuccess(again)) return yield* refusedFault(replaces)
    if (!again.failure.isTaken) return yield* again.failure
    if (status < 300) return yield* refusedFault("The bucket is public. Make it private: it contains documents.")
  }).pipe(Effect.withSpan("ObjectStorage.probe"))

const replaces =
  "The object storage ignores If-None-Match and replaces objects. Use a server that supports this condition."
const line = new TextEncoder().encode("Is the storage well?\n")
