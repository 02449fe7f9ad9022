/**
 * Uploads one file from disk. If there is no answer, it is sent again with the same `Idempotency-Key`, so it is accepted
 * once. A file that changes meanwhile is opened again.
 */
import { Effect, Path, Schedule } from "effect"
import { randomUUID } from "node:crypto"
import { cleanName } from "../../../domain/cleanName.ts"
import { fileChanged } from "../../client/apiFailure.ts"
import { Client } from "../../client/Client.ts"
import { RequestKey } from "../../client/RequestContext.ts"
import type { CommandFailure } from "../../CommandFailure.ts"
import type { Again } from "./again.ts"
import { bytesOf, type LocalFile } from "./LocalFile.ts"

export interface UploadOptions {
  readonly force: boolean
  readonly priority: number
  readonly metadata: Readonly<Record<string, string>>
}

export const upload = Effect.fn("cli.upload")(function*(file: LocalFile, options: UploadOptions, again: Again) {
  const { call } = yield* Client
  const paths = yield* Path.Path
  const bytes = yield* bytesOf(file)
  const form = new FormData()
  if (Object.keys(options.metadata).length > 0) form.append("metadata", JSON.stringify(options.metadata))
  if (options.priority !== 0) form.append("priority", String(options.priority))
  if (options.force) form.append("force", "true")
  form.append("file", bytes, cleanName(paths.basename(file.name)))
  return yield* call((api) => api.documents.upload({ payload: form }).pipe(Effect.retry(again))).pipe(
    Effect.provideService(RequestKey, randomUUID())
  )
}, (upload) => Effect.retry(upload, onceWritten))

/** A program may be writing it. */
export const onceWritten = {
  schedule: Schedule.spaced("500 millis"),
  times: 4,
  while: (failure: CommandFailure) => failure === fileChanged
}
