/** What `pnpm test:real` may spend, tried without a key: the providers are stubs that count what reaches them. */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer, Option, Redacted } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { request } from "../support/builders/parserOf.ts"
import { serveStub } from "../support/stubs/HttpStub.ts"
import { vendorsReal } from "./vendorsReal.ts"

const withBudget = Effect.fnUntraced(function*(usd: string) {
  let reached = 0
  const url = yield* serveStub(() => {
    reached++
    return { status: 500 }
  })
  const key = Option.some(Redacted.make("key"))
  const vendors = vendorsReal({
    llamaparse: { key, url },
    openai: { key, url },
    supabase: { key: Option.none(), url: Option.none() }
  })
  const context = yield* Layer.build(
    Layer.provide(vendors, ConfigProvider.layer(ConfigProvider.fromEnv({ env: { REAL_BUDGET_USD: usd } })))
  )
  return { context, calls: () => reached }
})

describe("what a run with real providers may spend", () => {
  it.effect("a call to the embedder that might exceed the budget is not made", () =>
    Effect.gen(function*() {
      const texts = ["a word, ".repeat(500)]
      const rich = yield* withBudget("1")
      yield* Effect.flip(Context.get(rich.context, Embedder).embed(texts))
      assert.isAbove(rich.calls(), 0)
      const poor = yield* withBudget("0.000001")
      const error = yield* Effect.flip(Context.get(poor.context, Embedder).embed(texts))
      assert.include(error.message, "REAL_BUDGET_USD ($0.000001) is used up")
      assert.strictEqual(poor.calls(), 0)
    }))

  it.effect("a parse that might exceed what is left of the budget is not begun", () =>
    Effect.gen(function*() {
      const { calls, context } = yield* withBudget("0.1")
      const { submit } = Context.get(context, DocumentParser)
      yield* Effect.flip(submit(request))
      const before = calls()
      assert.isAbove(before, 0)
      const error = yield* Effect.flip(submit(request))
      assert.include(error.message, "REAL_BUDGET_USD ($0.1) is used up")
      assert.strictEqual(calls(), before)
    }))

  it.effect("a probe of the embedder counts, too", () =>
    Effect.gen(function*() {
      const { calls, context } = yield* withBudget("0")
      const error = yield* Effect.flip(Context.get(context, Embedder).probe)
      assert.include(error.message, "REAL_BUDGET_USD ($0) is used up")
      assert.strictEqual(calls(), 0)
    }))
})
