import { it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { assert, describe } from "vitest"
import { fit, truncate } from "../../../src/cli/terminal/fit.ts"
import { coloured } from "../../../src/cli/terminal/Style.ts"
import { table } from "../../../src/cli/terminal/table.ts"

const asIs = (text: string) => text

describe("a table", () => {
  it("a table aligns its columns, numbers to the right", () => {
    const columns = [{ title: "FILE" }, { title: "COST", align: "right" as const }, { title: "STATUS" }]
    const rows = [["a.pdf", "$0", "complete"], ["longer.pdf", "$12.00", "x"]].map((row) =>
      row.map((text) => ({ text }))
    )
    assert.deepStrictEqual(table(columns, rows, { width: 80, head: asIs }), [
      "FILE          COST  STATUS",
      "a.pdf           $0  complete",
      "longer.pdf  $12.00  x"
    ])
  })
  it("a table truncates the last column to the width, and colours do not count", () => {
    const rows = [[{ text: "id" }, { text: "a very long file name.pdf", paint: coloured.green }]]
    const [, line = ""] = table([{ title: "A" }, { title: "B" }], rows, { width: 20, head: asIs })
    assert.strictEqual(CliOutput.displayWidth(line), 20)
    assert.include(line, coloured.green("a very long fil…"))
  })
  it("a table does not interpret a text as a pattern", () => {
    const rows = [[{ text: "$& $1", paint: coloured.green }]]
    assert.include(table([{ title: "A" }], rows, { width: 80, head: asIs })[1], coloured.green("$& $1"))
  })
})

describe("a text fitted to a width", () => {
  const Width = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))
  it.prop(
    "a text fitted to a width is never wider, and unchanged if it fits",
    [Schema.String, Width],
    ([text, width]) => {
      assert.isAtMost(CliOutput.displayWidth(truncate(text, width)), width)
      if (CliOutput.displayWidth(text) <= width) assert.strictEqual(truncate(text, width), text)
    }
  )
  it("a text fitted to a width counts a wide character as two cells", () =>
    assert.strictEqual(fit("文書目録.pdf", 6), "文書… "))
})
