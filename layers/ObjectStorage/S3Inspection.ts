/** The access rules of a bucket of S3, tried with one object that is removed again. */
import { type Duration, Effect, Layer } from "effect"
import { HttpClient } from "effect/http"
import { randomUUID } from "node:crypto"
import { StorageInspection } from "../../services/StorageInspection.ts"
import type { StorageSight } from "../../src/domain/Inspection.ts"
import { bucketApi } from "./s3/BucketApi.ts"
import { bucketClient, type BucketOptions } from "./s3/bucketClient.ts"
import { faultOf } from "./s3/S3Fault.ts"
import { signing } from "./s3/signing.ts"
import { toServiceError } from "./s3/toServiceError.ts"
import { isRefusedLater } from "./signedAddress.ts"

/** The shortest life of a signed address, in seconds. */
const life = 1

interface InspectionOptions extends BucketOptions {
  /** After this time, more than a second, a signed address must be refused. */
  readonly over: Duration.Input
}

export const StorageInspectionS3 = ({ over, ...options }: InspectionOptions) =>
  Layer.effect(
    StorageInspection,
    Effect.gen(function*() {
      const client = yield* bucketClient(options)
      const api = bucketApi(client)
      const { downloadAddress, plainAddress } = signing(client)
      const stranger = yield* HttpClient.HttpClient
      const opens = (url: URL) =>
        Effect.mapError(Effect.map(stranger.get(url), ({ status }) => status >= 200 && status < 300), faultOf)

      return StorageInspection.of({
        look: Effect.gen(function*() {
          const key = `raw/inspection-${randomUUID()}.txt`
          return yield* Effect.acquireUseRelease(
            api.put(key, new TextEncoder().encode("Inspection.\n"), "text/plain"),
            () =>
              Effect.gen(function*() {
                const open = yield* opens(yield* plainAddress(key))
                const sight: StorageSight = {
                  kind: "s3",
                  buckets: ["raw", "parsed"].map((id) => ({ id, public: open, maxBytes: null, mediaTypes: [] })),
                  open,
                  expires: yield* isRefusedLater(downloadAddress(key, life), opens, over)
                }
                return sight
              }),
            // At worst a line of text stays in the bucket; a later look uses another name.
            () => Effect.ignore(api.remove([{ Key: key }]), { log: "Warn" })
          )
        }).pipe(Effect.mapError(toServiceError(options)), Effect.withSpan("StorageInspection.look"))
      })
    })
  )
