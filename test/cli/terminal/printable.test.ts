import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { printable } from "../../../src/cli/terminal/printable.ts"

describe("printable", () => {
  it("removes colours, titles and screen clearing from a text", () => {
    assert.strictEqual(printable("\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b[2Jy\u009b1mz"), "red xyz")
  })
  it("makes one line of many", () => {
    assert.strictEqual(printable("a\r\nb\tc"), "a b c")
  })
  it("removes bidirectional controls from a name", () => {
    assert.strictEqual(printable("report\u202Efdp.exe"), "reportfdp.exe")
  })
  it.prop("leaves no control character in any text", [Schema.String], ([text]) => {
    assert.notMatch(printable(`\u001b[1m${text}\u001b`), /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
  })
  it.prop("is idempotent", [Schema.String], ([text]) => {
    assert.strictEqual(printable(printable(text)), printable(text))
  })
})
