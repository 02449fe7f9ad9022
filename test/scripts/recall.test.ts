import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DocumentParserLocal } from "../../layers/DocumentParser/Local.ts"
import { measureRecall, recallOf, words } from "../../scripts/recall/measureRecall.ts"

/** The parser's current recall of each example. Raise it with a better parser; never lower it. */
const least: Readonly<Record<string, number>> = {
  "adjuster-notes.md": 1,
  "claims-guide.docx": 1,
  "faq.html": 1,
  "home-policy.pdf": 1,
  "member-letter.txt": 1
}

layer(Layer.merge(DocumentParserLocal(), NodeServices.layer))("the local parser's recall", (it) => {
  it.effect("the local parser keeps as many words of each example document as it did before", () =>
    Effect.gen(function*() {
      const files = yield* measureRecall({ documents: "examples/documents", truths: "examples/groundtruth" })
      assert.sameMembers(files.map(({ file }) => file), Object.keys(least))
      for (const { file, message, recall, words } of files) {
        assert.isAbove(words, 100, file)
        assert.isAtLeast(recall, least[file] ?? 1, `${file} ${message ?? ""}`)
      }
    }))
})

describe("the measure of recall", () => {
  it("the measure of recall counts each word as often as it occurs, ignoring case and punctuation", () => {
    assert.strictEqual(recallOf(words("The pump, the drain"), words("# The <!-- page 2 --> drain")), 0.5)
    assert.strictEqual(recallOf(words("the pump"), words("")), 0)
  })
})
