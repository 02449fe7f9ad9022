/** The access rules of Supabase Storage, tried with one object that is removed again. */
import { type Duration, Effect, Layer, Stream } from "effect"
import { HttpClient } from "effect/http"
import { randomUUID } from "node:crypto"
import { StorageInspection } from "../../services/StorageInspection.ts"
import type { BucketSight, StorageSight } from "../../src/domain/Inspection.ts"
import { isRefusedLater } from "./signedAddress.ts"
import { storageApi, type StorageApiOptions } from "./supabase/StorageApi.ts"
import { connectionFault, toServiceError } from "./supabase/StorageFault.ts"

/** The shortest life that the storage gives a signed address, in seconds. */
const life = 1

interface InspectionOptions extends StorageApiOptions {
  /** After this time, more than a second, a signed address must be refused. */
  readonly over: Duration.Input
}

export const StorageInspectionSupabase = ({ over, ...options }: InspectionOptions) =>
  Layer.effect(
    StorageInspection,
    Effect.gen(function*() {
      const api = yield* storageApi(options)
      const stranger = yield* HttpClient.HttpClient
      const opens = (url: URL) =>
        Effect.mapError(Effect.map(stranger.get(url), ({ status }) => status >= 200 && status < 300), connectionFault)

      return StorageInspection.of({
        look: Effect.gen(function*() {
          const base = yield* api.locate("raw")
          const buckets = yield* Effect.forEach(["raw", "parsed"], (id) =>
            Effect.map(api.bucket(base, id), (row): BucketSight => ({
              id,
              public: row.public,
              maxBytes: row.file_size_limit ?? null,
              mediaTypes: row.allowed_mime_types ?? []
            })))
          const place = { root: "raw", key: `inspection-${randomUUID()}.pdf` }
          return yield* Effect.acquireUseRelease(
            api.put(base, place, Stream.make(new TextEncoder().encode("Inspection.\n")), "application/pdf"),
            () =>
              Effect.gen(function*() {
                const open = (yield* opens(new URL(`${base}/object/public/${place.root}/${place.key}`)))
                  || (yield* opens(new URL(`${base}/object/${place.root}/${place.key}`)))
                const sight: StorageSight = {
                  kind: "supabase",
                  buckets,
                  open,
                  expires: yield* isRefusedLater(api.signDownload(base, place, life), opens, over)
                }
                return sight
              }),
            // At worst a line of text stays in the bucket; a later look uses another name.
            () =>
              Effect.ignore(api.remove(base, place.root, [place.key]), { log: "Warn" })
          )
        }).pipe(Effect.mapError(toServiceError), Effect.withSpan("StorageInspection.look"))
      })
    })
  )
