/** Sends one document of the baseline through the deployed pipeline, so that its receipt can be compared. */
import { Clock, Effect } from "effect"
import { readDocuments } from "../../baseline/files.ts"
import { type ApiClient, sendDocument } from "../../baseline/sendDocument.ts"
import type { Canary } from "../Facts.ts"

export const sendCanary = Effect.fnUntraced(function*(api: ApiClient, folder: string) {
  const documents = yield* readDocuments(folder)
  const smallest = documents.toSorted((a, b) => a.bytes.length - b.bytes.length)[0]
  if (smallest === undefined) return yield* Effect.fail(`${folder} has no document`)
  const start = yield* Clock.currentTimeMillis
  const { outcome, workers } = yield* sendDocument(api, smallest)
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1_000
  const canary: Canary = { document: smallest.name, outcome, workers, seconds }
  return canary
})
