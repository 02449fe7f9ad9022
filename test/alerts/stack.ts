/** The stack as its users start it, with a monitor. */
import { Effect } from "effect"
import { type Content, startApi } from "../faults/api.ts"
import { must, untilComplete } from "../faults/judge.ts"
import { type Settings, World } from "../faults/World.ts"

/** The API and a monitor; a case starts the rest. */
export const startMonitored = Effect.fnUntraced(function*(settings: Settings) {
  const { start } = yield* World
  const api = yield* startApi({ settings })
  yield* start("monitor", settings)
  return api
})

type Upload = Effect.Success<ReturnType<typeof startApi>>["upload"]

/** Uploads one document for each text; returns their jobs. */
export const uploadAll = Effect.fnUntraced(function*(upload: Upload, texts: ReadonlyArray<Content>) {
  return yield* Effect.forEach(texts, (text, n) =>
    Effect.gen(function*() {
      const { body, code, status } = yield* upload(`letter-${n}.md`, text)
      yield* must(status === 202, `The upload was answered ${status} ${code}.`)
      return { job_id: String(body["job_id"]), document_id: String(body["document_id"]) }
    }), { concurrency: 4 })
})

export const uploadAndComplete = Effect.fnUntraced(function*(upload: Upload, texts: ReadonlyArray<Content>) {
  const jobs = yield* uploadAll(upload, texts)
  yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4, discard: true })
})
