/** The local parser on real documents, if the corpus is available. */
import { assert, layer } from "@effect/vitest"
import { Config, Effect } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DocumentParserLocal } from "../../../../layers/DocumentParser/Local.ts"
import { stringOf } from "../../../../src/domain/text.ts"
import { parse as parseBytes } from "../../../support/builders/parse.ts"

const corpus = Effect.runSync(
  Config.String("CORPUS_DIR").pipe(Config.withDefault(join(import.meta.dirname, "../../../../../shared/corpus")))
)
const isThere = existsSync(join(corpus, "good"))
const filesOf = (folder: string) => isThere ? readdirSync(join(corpus, folder)).map((name) => ({ folder, name })) : []

const parse = (file: { readonly folder: string; readonly name: string }) =>
  parseBytes(file.name, readFileSync(join(corpus, file.folder, file.name)))

const hostile: Readonly<Record<string, string>> = {
  "empty.txt": "EMPTY_FILE",
  "failure-after-repair.pdf": "parsed",
  "fake-incomplete-json.txt": "parsed",
  "fake-power-point-malformed.pptx": "parsed",
  "fake-text-all-whitespace.txt": "NO_TEXT",
  "loremipsum-flat.pdf": "parsed",
  "ocr_test.pdf": "parsed",
  "password.pdf": "ENCRYPTED",
  "password_protected.xlsx": "ENCRYPTED",
  "random-bytes.pdf": "TYPE_MISMATCH",
  "renamed-executable.pdf": "TYPE_MISMATCH",
  "truncated.pdf": "PARSE_CORRUPT",
  "umlauts-non-utf8.md": "parsed"
}

// One for all, so that its threads load the libraries for OCR once.
layer(DocumentParserLocal(), { excludeTestServices: true })(
  "the corpus (CORPUS_DIR, or ../shared/corpus beside the checkout)",
  (it) => {
    /** The text of each file by its name, so that a picture, which takes seconds, is read only once. */
    const texts = new Map<string, string>()
    const outcomes = Effect.fnUntraced(function*(folder: string) {
      const files = filesOf(folder)
      const codes = yield* Effect.forEach(files, (file) =>
        parse(file).pipe(
          Effect.map((parsed) => {
            const text = stringOf(parsed.markdown)
            texts.set(file.name, text)
            return text.trim() === "" ? "empty" : "parsed"
          }),
          Effect.catch((error) => Effect.succeed<string>(error.code))
        ), { concurrency: 2 })
      return Object.fromEntries(files.map(({ name }, i) => [name, codes[i]]))
    })

    it.effect.skipIf(!isThere)(
      "parses every good document, and reads a table that is only a picture",
      () =>
        Effect.gen(function*() {
          const found = yield* outcomes("good")
          const expected = filesOf("good").map(({ name }) => [name, "parsed"])
          assert.deepStrictEqual(found, Object.fromEntries(expected))
          assert.include(texts.get("single_table.pdf"), "| Base 512 | 16,046 | 200.58 (121.01) | N/A |")
        }),
      120_000
    )

    it.effect.skipIf(!isThere)(
      "ends every hostile document in its typed error or its text, and reads a text that is only a picture",
      () =>
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* outcomes("hostile"), hostile)
          assert.include(texts.get("ocr_test.pdf"), "Docling bundles PDF document conversion to JSON and Markdown")
        }),
      120_000
    )
  }
)
