/** A document that crashes each worker that holds it: its text contains `deadly`. */
import { Effect } from "effect"
import { eventually, rowOf, until } from "./judge.ts"
import { met } from "./mocks.ts"
import { type Settings, World } from "./World.ts"

/** The scenario of the mock OpenAI: long enough to be killed in the middle. */
export const deadlyCalls = {
  openai: [{ on: "embeddings", match: { text: "*deadly*" }, times: 1_000, delay: "5m" }]
} as const

/** Starts one worker after the other and kills each with -9 while it embeds the document, until its job has failed. Returns how many. */
export const crashWorkers = Effect.fnUntraced(
  function*(deadly: { readonly job_id: string }, settings: Settings = {}) {
    const { start, urls } = yield* World
    const hasFailed = ({ status }: { readonly status: string }) => status.startsWith("failed")
    let died = 0
    let fence = 0
    let calls = 0
    for (; died < 8 && !hasFailed(yield* rowOf(deadly)); died++) {
      const worker = yield* start("worker", settings)
      const row = yield* until(
        deadly,
        "held or ended",
        (row) =>
          hasFailed(row) || (row.status === "embedding_in_progress" && row.lease_owner !== null && row.fence > fence)
      )
      if (hasFailed(row)) break
      fence = row.fence
      const [now, made] = yield* eventually(
        Effect.all([rowOf(deadly), met(urls.openai)]),
        ([row, made]) => made > calls || hasFailed(row),
        ([{ status }, made]) => `The crashing document is ${status} after ${made} calls.`
      )
      if (hasFailed(now)) break
      calls = made
      yield* worker.kill
    }
    return died
  }
)
