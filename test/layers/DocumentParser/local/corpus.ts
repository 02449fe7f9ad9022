/** The local parser on real documents, if the corpus is available (CORPUS_DIR, or ../shared/corpus beside the checkout). */
import { Config, Effect } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { stringOf } from "../../../../src/domain/text.ts"
import { parse } from "../../../support/builders/parse.ts"

const corpus = Effect.runSync(
  Config.String("CORPUS_DIR").pipe(Config.withDefault(join(import.meta.dirname, "../../../../../shared/corpus")))
)
export const isThere = existsSync(join(corpus, "good"))

export const hostile: Readonly<Record<string, string>> = {
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

/** Whole pages that are pictures: reading one takes seconds of a core. */
const slow = ["DA-619p.pdf", "loremipsum-flat.pdf", "reliance.pdf"]

export const isSlow = (name: string) => slow.includes(name)

export const filesOf = (folder: "good" | "hostile") => isThere ? readdirSync(join(corpus, folder)) : []

/** How each file ends: `parsed`, `empty` or the error's code. `onText` is called with each parsed text. */
export const outcomes = (
  folder: "good" | "hostile",
  names: ReadonlyArray<string>,
  onText: (name: string, text: string) => void
) =>
  Effect.forEach(names, (name) =>
    parse(name, readFileSync(join(corpus, folder, name))).pipe(
      Effect.map((parsed) => {
        const text = stringOf(parsed.markdown)
        onText(name, text)
        return text.trim() === "" ? "empty" : "parsed"
      }),
      Effect.catch((error) => Effect.succeed<string>(error.code)),
      Effect.map((outcome) => [name, outcome] as const)
    ), { concurrency: 2 }).pipe(Effect.map(Object.fromEntries))
