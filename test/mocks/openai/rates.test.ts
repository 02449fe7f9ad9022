/** The mock's rate limit and failure rate, through OpenAI's own SDK. */
import { layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { APIError, type OpenAI } from "openai"
import { assert } from "vitest"
import { serve } from "../../../src/mocks/openai/MockOpenAI.ts"
import { reset } from "../admin.ts"
import { freePort } from "../serverUrl.ts"
import { apiFailure, call, embed, model, options } from "./client.ts"

const limited = serve({ ...options, rateLimit: { requestsPerMinute: 2, tokensPerMinute: 100 } })

layer(Layer.provideMerge(limited, freePort), { excludeTestServices: true })("MockOpenAI with a rate limit", (it) => {
  it.effect("MockOpenAI with a rate limit reports what is left, and refuses when nothing is", () =>
    Effect.gen(function*() {
      const { response } = yield* call((openai) =>
        openai.embeddings.create({ model, input: " a".repeat(60) }).withResponse()
      )
      assert.strictEqual(response.headers.get("x-ratelimit-limit-tokens"), "100")
      assert.strictEqual(response.headers.get("x-ratelimit-remaining-tokens"), "40")
      assert.strictEqual(response.headers.get("x-ratelimit-remaining-requests"), "1")
      assert.match(response.headers.get("x-ratelimit-reset-tokens") ?? "", /^3[56](\.\d+)?s$/)
      const tokens = yield* apiFailure(embed(" a".repeat(60)))
      assert.deepStrictEqual([tokens.status, tokens.type, tokens.code], [429, "tokens", "rate_limit_exceeded"])
      assert.match(tokens.message, /on tokens per min \(TPM\): Limit 100, Used 60, Requested 60/)
      const wait = Number(tokens.headers?.get("retry-after-ms"))
      assert.isTrue(wait > 0 && wait <= 12_000, `${wait} ms`)
      yield* call(embed("a"))
      const requests = yield* apiFailure(embed("a"))
      assert.deepStrictEqual([requests.status, requests.type], [429, "requests"])
    }))
})

layer(Layer.provideMerge(serve({ ...options, failureRate: 0.5 }), freePort), { excludeTestServices: true })(
  "MockOpenAI with a failure rate",
  (it) => {
    it.effect("MockOpenAI with a failure rate fails the same calls in every run, with temporary errors", () =>
      Effect.gen(function*() {
        const run = Effect.gen(function*() {
          yield* reset
          const outcome = (openai: OpenAI) =>
            embed("x")(openai).then(() => 200, (error: unknown) => error instanceof APIError ? error.status : 0)
          return yield* Effect.forEach(Array.from({ length: 40 }), () => call(outcome))
        })
        const first = yield* run
        assert.deepStrictEqual(yield* run, first)
        assert.includeMembers([200, 429, 500, 503], first)
        assert.isAbove(first.filter((status) => status !== 200).length, 8)
        assert.isAbove(first.filter((status) => status === 200).length, 8)
      }))
  }
)
