import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { countPages } from "../../src/domain/countPages.ts"

const text =
  "%PDF-1.7 << /Type /Pages /Count 3 >> << /Type /Page >><</Type/Page/Parent 2 0 R>> << /Type\r\n/Page >> /PageLabels end"
const Part = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))

describe("the pages of a PDF", () => {
  it.prop("the pages of a PDF are counted wherever the bytes are split", [Schema.Array(Part)], ([parts]) => {
    const counter = countPages()
    const bytes = Buffer.from(text, "latin1")
    let at = 0
    for (const size of [...parts, bytes.length]) {
      counter.add(bytes.subarray(at, at + size))
      at += size
    }
    assert.strictEqual(counter.pages(), 3)
  })

  it("the pages of a PDF cannot be counted inside compressed streams", () => {
    const counter = countPages()
    counter.add(Buffer.from("%PDF-1.7 /Type /ObjStm stream"))
    assert.isUndefined(counter.pages())
  })
})
