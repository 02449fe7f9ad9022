import { NodeServices } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { assert, describe } from "vitest"
import { readCorpus } from "../../bench/retrieval/corpus.ts"
import { measure } from "../../bench/retrieval/measure.ts"
import { embedByMock } from "../../bench/retrieval/mockVectors.ts"

describe("retrieval", () => {
  it.live("retrieval has at least 150 questions, each answered by one place of one document", () =>
    Effect.gen(function*() {
      const { questions } = yield* readCorpus
      assert.isAtLeast(questions.length, 150)
      assert.lengthOf(new Set(questions.map(({ question }) => question)), questions.length)
    }).pipe(Effect.provide(NodeServices.layer)))

  it.live("the default chunker finds more answers than the same chunks without their context", () =>
    Effect.gen(function*() {
      const corpus = yield* readCorpus
      const before = yield* measure("markdown-structure@1", corpus, embedByMock)
      const now = yield* measure("markdown-structure@2", corpus, embedByMock)
      assert.isAtLeast(now.recall_at_5, before.recall_at_5 + 0.05)
      assert.isAtLeast(now.mrr, before.mrr + 0.05)
    }).pipe(Effect.provide(NodeServices.layer)))
})
