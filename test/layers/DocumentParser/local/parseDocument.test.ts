/** The corpus without its pages that take long: those are in parseDocument.long.ts. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { DocumentParserLocal } from "../../../../layers/DocumentParser/Local.ts"
import { filesOf, hostile, isSlow, isThere, outcomes } from "./corpus.ts"

// One for all, so that its threads load the libraries for OCR once.
layer(DocumentParserLocal(), { excludeTestServices: true })(
  "the corpus (CORPUS_DIR, or ../shared/corpus beside the checkout)",
  (it) => {
    const texts = new Map<string, string>()
    const quick = (folder: "good" | "hostile") => filesOf(folder).filter((name) => !isSlow(name))
    const outcomesOf = (folder: "good" | "hostile") =>
      outcomes(folder, quick(folder), (name, text) => texts.set(name, text))

    it.effect.skipIf(!isThere)(
      "parses every good document, and reads a table that is only a picture",
      () =>
        Effect.gen(function*() {
          const expected = quick("good").map((name) => [name, "parsed"])
          assert.deepStrictEqual(yield* outcomesOf("good"), Object.fromEntries(expected))
          assert.include(texts.get("single_table.pdf"), "| Base 512 | 16,046 | 200.58 (121.01) | N/A |")
        }),
      120_000
    )

    it.effect.skipIf(!isThere)(
      "ends every hostile document in its typed error or its text, and reads a text that is only a picture",
      () =>
        Effect.gen(function*() {
          const expected = Object.entries(hostile).filter(([name]) => !isSlow(name))
          assert.deepStrictEqual(yield* outcomesOf("hostile"), Object.fromEntries(expected))
          assert.include(texts.get("ocr_test.pdf"), "Docling bundles PDF document conversion to JSON and Markdown")
        }),
      120_000
    )
  }
)
