/** Who may read the folder of stored files, by its mode. */
import { Effect, Layer } from "effect"
import { stat } from "node:fs/promises"
import { StorageInspection } from "../../services/StorageInspection.ts"
import { TransientError } from "../../src/domain/ServiceError.ts"

/** Users other than the owner. */
const others = 0o077

export const StorageInspectionFilesystem = ({ directory }: { readonly directory: string }) =>
  Layer.succeed(StorageInspection, {
    look: Effect.tryPromise({
      try: () => stat(directory),
      catch: (cause) =>
        new TransientError({
          code: "STORAGE_FAILED",
          message: "The storage folder cannot be read.",
          dependency: "storage",
          cause
        })
    }).pipe(
      Effect.map(({ mode }) => {
        const open = (mode & others) !== 0
        const buckets = ["raw", "parsed"].map((id) => ({ id, public: open, maxBytes: null, mediaTypes: [] }))
        return { kind: "filesystem" as const, buckets, open, expires: null }
      }),
      Effect.withSpan("StorageInspection.look")
    )
  })
