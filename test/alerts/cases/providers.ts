/** The providers refuse us, limit us, or send no callbacks; the budget is used up; documents are beyond help. */
import { Effect } from "effect"
import type { Case } from "../../faults/Case.ts"
import { smallText } from "../../faults/documents.ts"
import { must, untilCount } from "../../faults/judge.ts"
import { endScenario, play } from "../../faults/mocks.ts"
import { hostedParser } from "../../faults/stack.ts"
import { World } from "../../faults/World.ts"
import { seeded } from "../Seeded.ts"
import { startMonitored, uploadAll, uploadAndComplete } from "../stack.ts"

const texts = (seed: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => smallText(seed, from + n))

const openCircuits = "SELECT count(*) FROM providers WHERE dependency = 'embedder' AND state <> 'closed'"

export const cases: ReadonlyArray<Case> = [
  seeded({
    id: "S3",
    title: "callbacks from the parser are lost",
    rule: "CALLBACKS_LOST",
    names: /\d of \d parses of the last 15 minutes ended without a callback/,
    prepare: Effect.fnUntraced(function*(given) {
      const { seed, start, urls } = yield* World
      const settings = { ...given, ...(yield* hostedParser) }
      yield* start("mock-llamaparse", settings)
      yield* start("mock-openai", settings)
      const { upload } = yield* startMonitored(settings)
      yield* start("worker", settings)
      yield* play(urls.llamaparse, { llamaparse: [{ on: "webhook", times: 1_000, deliver: { drop: true } }] })
      return {
        cause: uploadAndComplete(upload, texts(seed, 3)),
        repair: endScenario(urls.llamaparse).pipe(Effect.andThen(uploadAndComplete(upload, texts(seed, 4, 3))))
      }
    })
  }),
  seeded({
    id: "S4",
    title: "the embedding provider answers every call with 429",
    rule: "ERROR_BURST",
    rules: "ERROR_BURST over=5",
    names: /EMBED_RATE_LIMITED occurred \d+ times in 5 minutes/,
    minutes: 12,
    prepare: Effect.fnUntraced(function*(settings) {
      const { seed, start, urls } = yield* World
      yield* start("mock-openai", settings)
      const { upload } = yield* startMonitored(settings)
      yield* start("worker", settings)
      yield* play(urls.openai, {
        openai: [{
          on: "embeddings",
          times: 10_000,
          reply: { status: 429, code: "rate_limit_exceeded", retry_after: "2s" }
        }]
      })
      return {
        cause: uploadAll(upload, texts(seed, 6)).pipe(Effect.andThen(untilCount(
          "waits for the provider",
          "SELECT count(*) FROM job_events WHERE code = 'EMBED_RATE_LIMITED'",
          (events) => events > 5
        ))),
        repair: endScenario(urls.openai)
      }
    })
  }),
  seeded({
    id: "S5",
    title: "the embedding provider refuses our key",
    rule: "CIRCUIT_OPEN",
    names: /key|401/i,
    prepare: Effect.fnUntraced(function*(settings) {
      const { seed, start, urls } = yield* World
      yield* start("mock-openai", settings)
      const { upload } = yield* startMonitored(settings)
      yield* start("worker", settings)
      yield* play(urls.openai, {
        openai: [
          { on: "embeddings", times: 10_000, reply: { status: 401, code: "invalid_api_key" } },
          { on: "models", times: 10_000, reply: { status: 401, code: "invalid_api_key" } }
        ]
      })
      return {
        cause: uploadAll(upload, texts(seed, 1)).pipe(
          Effect.andThen(untilCount("halted circuits", openCircuits, (open) => open === 1))
        ),
        repair: endScenario(urls.openai)
      }
    })
  }),
  seeded({
    id: "S7",
    title: "the budget is used up",
    rule: "BUDGET_USED_UP",
    names: /Jobs of user \S+ are parked: this month's budget does not cover their embeddings|budget .* is used up/,
    prepare: Effect.fnUntraced(function*(settings) {
      const { seed, start } = yield* World
      yield* start("mock-openai", settings)
      const { ask, upload } = yield* startMonitored(settings)
      yield* start("worker", settings)
      const limit = (limit_usd: number | null) =>
        ask("/api/v1/budgets", {
          method: "PUT",
          headers: { "content-type": "application/json", "x-reason": "seeded failure" },
          body: JSON.stringify({ user_id: null, limit_usd })
        }).pipe(
          Effect.flatMap(({ code, status }) => must(status === 200, `The budget was answered ${status} ${code}.`))
        )
      return {
        cause: limit(0.000_000_1).pipe(
          Effect.andThen(uploadAll(upload, texts(seed, 1))),
          Effect.andThen(untilCount(
            "parked jobs",
            "SELECT count(*) FROM upload_jobs WHERE last_error->>'code' = 'BUDGET_EXCEEDED'",
            (parked) => parked === 1
          ))
        ),
        repair: limit(null)
      }
    })
  })
]
