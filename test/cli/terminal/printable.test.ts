import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { printable } from "../../../src/cli/terminal/printable.ts"

describe("printable", () => {
  it("takes colours, titles and screen clearing out of a text", () => {
    assert.strictEqual(printable("\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b[2Jy\u009b1mz"), "red xyz")
  })
  it("makes one line of many", () => {
    assert.strictEqual(printable("a\r\nb\tc"), "a b c")
  })
  it("takes out what turns the direction of a name round", () => {
    assert.strictEqual(printable("report\u202Efdp.exe"), "reportfdp.exe")
  })
  it.prop("leaves no control character, whatever it is given", [Schema.String], ([text]) => {
    assert.notMatch(printable(`\u001b[1m${text}\u001b`), /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
  })
  it.prop("changes nothing the second time", [Schema.String], ([text]) => {
    assert.strictEqual(printable(printable(text)), printable(text))
  })
})
