import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { fromHeaderText, toHeaderText } from "../../src/domain/headerText.ts"

describe("text in a header", () => {
  it.prop("arrives as it was sent, in bytes that a header may hold", [Schema.String], ([text]) => {
    const sent = toHeaderText(text)
    assert.notMatch(sent, /[^\u0020-\u007e\u0080-\u00ff]/)
    assert.strictEqual(fromHeaderText(sent), text.toWellFormed().replaceAll(/\p{Cc}+/gu, " "))
  })

  it("is read as Latin-1 if it is not UTF-8", () => {
    assert.strictEqual(fromHeaderText("für Käse"), "für Käse")
  })
})
