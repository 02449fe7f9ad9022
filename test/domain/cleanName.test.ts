import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { cleanName } from "../../src/domain/cleanName.ts"

const Name = Schema.String
const runs = { arbitrary: { runs: 500 } }

describe("cleanName", () => {
  it.prop("is never empty and never too long", [Name], ([name]) => {
    const clean = cleanName(name.repeat(60))
    assert.strictEqual(cleanName(clean), clean)
    assert.isTrue(clean.trim().length > 0 && clean.length <= 255)
  }, runs)

  it.prop("is idempotent", [Name, Name], ([folder, name]) => {
    const clean = cleanName(`${folder}/${name}`)
    assert.strictEqual(cleanName(clean), clean)
  }, runs)

  it.prop("leaves no path and no character that hides others", [Name, Name], ([folder, name]) => {
    const clean = cleanName(`${folder}\\\u202e\u0000${name}\u2066`)
    // oxlint-disable-next-line no-control-regex
    assert.notMatch(clean, /[/\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/)
    assert.isTrue(clean.isWellFormed())
  }, runs)

  it("keeps the extension of a name that is too long", () => {
    const clean = cleanName(`${"a".repeat(400)}.pdf`)
    assert.strictEqual(clean.length, 255)
    assert.isTrue(clean.endsWith("a.pdf"))
  })

  it("does not split a character", () => {
    assert.isTrue(cleanName(`${"a".repeat(250)}${"😀".repeat(10)}.md`).isWellFormed())
  })

  it("removes bidirectional overrides from a name", () => {
    assert.strictEqual(cleanName("invoice\u202Efdp.exe"), "invoicefdp.exe")
  })

  it("replaces an empty name by `document`", () => {
    for (const name of ["", "   ", "/", "..", "a/..", "C:\\", "\u0000\u202e"]) {
      assert.include(["document", "C:"], cleanName(name))
    }
  })
})
