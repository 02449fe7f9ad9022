/** The documents of the corpus whose pages are pictures: OCR takes seconds for each. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { DocumentParserLocal } from "../../../../layers/DocumentParser/Local.ts"
import { filesOf, isSlow, isThere, outcomes } from "./corpus.ts"

it.live.skipIf(!isThere)("parses every document of the corpus whose pages are pictures", () =>
  Effect.gen(function*() {
    for (const folder of ["good", "hostile"] as const) {
      const names = filesOf(folder).filter(isSlow)
      assert.isNotEmpty(names)
      assert.deepStrictEqual(
        yield* outcomes(folder, names, () => {}),
        Object.fromEntries(names.map((name) => [name, "parsed"]))
      )
    }
  }).pipe(Effect.provide(DocumentParserLocal())))
