/**
 * Uploads one file from disk. If there is no answer, it is sent again with the same `Idempotency-Key`, so it is accepted
 * once.
 */
import { Effect, FileSystem, Path, Schedule } from "effect"
import { randomUUID } from "node:crypto"
import { openAsBlob } from "node:fs"
import type { ApiError } from "../client/apiFailure.ts"
import { isPassing } from "../client/apiFailure.ts"
import { Client } from "../client/Client.ts"
import { RequestKey } from "../client/RequestContext.ts"
import { failure } from "../CommandFailure.ts"
import type { LocalFile } from "../LocalFile.ts"

export interface UploadOptions {
  readonly force: boolean
  readonly priority: number
  readonly metadata: Readonly<Record<string, string>>
}

export const upload = Effect.fn("cli.upload")(function*(file: LocalFile, options: UploadOptions) {
  const { call } = yield* Client
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const unreadable = failure("failed", "FILE_UNREADABLE", `${file.name} cannot be read.`, "Check its permissions.")
  yield* fs.access(file.path, { readable: true }).pipe(Effect.mapError(() => unreadable))
  const bytes = yield* Effect.tryPromise({ try: () => openAsBlob(file.path), catch: () => unreadable })
  const form = new FormData()
  if (Object.keys(options.metadata).length > 0) form.append("metadata", JSON.stringify(options.metadata))
  if (options.priority !== 0) form.append("priority", String(options.priority))
  if (options.force) form.append("force", "true")
  form.append("file", bytes, paths.basename(file.name))
  return yield* call((api) => api.documents.upload({ payload: form }).pipe(Effect.retry(again))).pipe(
    Effect.provideService(RequestKey, randomUUID())
  )
})

const again = Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("5 seconds")]).pipe(
  Schedule.upTo({ times: 12 }),
  Schedule.setInputType<ApiError>(),
  Schedule.while(({ input }) => isPassing(input))
)
