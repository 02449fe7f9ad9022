import { assert, describe, it } from "@effect/vitest"
import { csvToMarkdown } from "../../../../../layers/DocumentParser/local/text/csvToMarkdown.ts"
import { chunkers } from "../../../../../src/chunking/chunkers.ts"

const chunksOf = (csv: string) =>
  [...chunkers["markdown-structure@1"](csvToMarkdown(csv), "data.csv")].map(({ text }) => text)

describe("a table of text", () => {
  for (const [name, sign] of [["commas", ","], ["semicolons", ";"], ["tabs", "\t"], ["bars", "|"]] as const) {
    it(`says in each chunk what its columns are, if it is divided by ${name}`, () => {
      const rows = Array.from({ length: 300 }, (_, i) => [`P${i}`, `Holder ${i}`, `${i}.50`].join(sign))
      const chunks = chunksOf([["policy", "holder", "premium"].join(sign), ...rows].join("\r\n"))
      assert.isAbove(chunks.length, 5)
      for (const chunk of chunks) assert.include(chunk, "| policy | holder | premium |")
      assert.include(chunks.join("\n"), "| P299 | Holder 299 | 299.50 |")
    })
  }

  it("says it with each value, if there are too many columns to repeat", () => {
    const head = Array.from({ length: 80 }, (_, i) => `a rather long column ${i}`)
    const chunks = chunksOf(
      [head.join(), ...Array.from({ length: 50 }, (_, row) => head.map((_, i) => `${row}/${i}`).join())].join("\n")
    )
    assert.include(chunks.join("\n"), "- a rather long column 79: 49/79")
    for (const chunk of chunks) assert.include(chunk, "a rather long column")
  })

  it("keeps delimiters, quotes and line breaks of quoted cells", () => {
    assert.strictEqual(
      csvToMarkdown("name,said\nLind,\"one, \"\"two\"\"\nthree\"\nRow,\"open"),
      "| name | said |\n| --- | --- |\n| Lind | one, \"two\" three |\n| Row | \"open |"
    )
  })

  it("keeps the lines above its head, and rows that are shorter or longer", () => {
    assert.strictEqual(
      csvToMarkdown("Policies of 2024\n\nno;name;sum\n1;A;2\n3;B\n4;C;5;6\n7;D;8"),
      "Policies of 2024\n\n| no | name | sum | column 4 |\n| --- | --- | --- | --- |\n| 1 | A | 2 |  |\n| 3 | B |  |  |\n| 4 | C | 5 | 6 |\n| 7 | D | 8 |  |"
    )
  })

  it("makes no head of a row of data", () => {
    assert.strictEqual(
      csvToMarkdown("P1,101.50\nP2,102.50"),
      "| column 1 | column 2 |\n| --- | --- |\n| P1 | 101.50 |\n| P2 | 102.50 |"
    )
  })

  it("follows a line that names the delimiter", () => {
    assert.strictEqual(csvToMarkdown("sep=;\na;b\n1,5;2"), "| a | b |\n| --- | --- |\n| 1,5 | 2 |")
  })
})
