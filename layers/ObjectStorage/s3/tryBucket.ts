/** Tries with one object whether the bucket keeps the promises of the port. */
import { Effect, Result, Stream } from "effect"
import { HttpClient } from "effect/http"
import { randomUUID } from "node:crypto"
import { anotherServer } from "../whyNoConnection.ts"
import type { BucketApi } from "./BucketApi.ts"
import type { Encryption } from "./Encryption.ts"
import { faultOf, refusedFault, type S3Fault } from "./S3Fault.ts"
import type { Signing } from "./signing.ts"

export const tryBucket = (api: BucketApi, { plainAddress }: Signing) =>
  Effect.gen(function*() {
    const stranger = yield* HttpClient.HttpClient
    const key = `raw/probe-${randomUUID()}.txt`
    yield* api.exists
    yield* Effect.mapError(api.put(key, line, "text/plain"), orEncryption(api.encryption))
    const read = Buffer.concat(yield* Stream.runCollect(api.get(key)))
    if (!read.equals(line)) {
      return yield* refusedFault(`What was stored cannot be read again. ${anotherServer("S3_ENDPOINT")}`)
    }
    const again = yield* Effect.result(api.put(key, line, "text/plain"))
    const { status } = yield* Effect.mapError(stranger.get(yield* plainAddress(key)), faultOf)
    yield* api.remove([{ Key: key }])
    if (Result.isSuccess(again)) return yield* refusedFault(replaces)
    if (!again.failure.isTaken) return yield* again.failure
    if (status < 300) return yield* refusedFault("The bucket is public. Make it private: it contains documents.")
  }).pipe(Effect.withSpan("ObjectStorage.probe"))

/** Servers that know no encryption, or not this key, call its headers invalid. */
const orEncryption = ({ algorithm }: Encryption) => (fault: S3Fault): S3Fault =>
  algorithm !== "none" && !fault.isNameless && (fault.status === 400 || fault.status === 501)
    && !fault.isExpired
    ? refusedFault(
      `The object storage refuses an object encrypted with ${algorithm} (${fault.code}${
        fault.said && `: ${fault.said}`
      }). Correct `
        + "S3_ENCRYPTION or S3_KMS_KEY_ID."
    )
    : fault

const replaces =
  "The object storage ignores If-None-Match and replaces objects. Use a server that supports this condition."
const line = new TextEncoder().encode("Is the storage well?\n")
