import { assert, describe, it } from "@effect/vitest"
import { compare } from "../../../src/domain/coverage/compare.ts"
import type { SourcePage } from "../../../src/domain/coverage/Source.ts"
import { warningsOf } from "../../../src/domain/coverage/warnings.ts"

const page = (number: number, lines: ReadonlyArray<string>, values: ReadonlyArray<string> = []): SourcePage => ({
  number,
  lines: [
    ...lines.map((text) => ({ text, kind: "lines" as const })),
    ...values.map((text) => ({ text, kind: "form_value" as const }))
  ],
  isScan: false
})
const marked = (...pages: ReadonlyArray<string>) =>
  pages.map((text, i) => `<!-- page ${i + 1} -->\n\n${text}`).join("\n\n")

const rows = ["Ship Berth Length Fee", "Ibis B11 12.5 m 118.00", "Heron B12 14.0 m 131.50", "Curlew B13 9.5 m 88.25"]
const compared = (pages: ReadonlyArray<SourcePage>, markdown: string) => {
  const comparison = compare({ pages }, markdown)
  assert(comparison._tag === "Compared")
  return comparison
}
const kinds = (source: ReadonlyArray<SourcePage>, markdown: string) =>
  compared(source, markdown).omissions.map(({ count, kind, page: on }) => `${kind} ${on} ${count}`)

describe("the comparison of a source with its parsed text", () => {
  it("finds everything in a text that is laid out, divided and marked up in another way", () => {
    const source = [page(1, ["The policy-", "holder pays the excess", ...rows]), page(2, ["S t a t e m e n t", "Café"])]
    const table = "| Ship | Berth | Length | Fee |\n| --- | --- | --- | --- |\n"
      + "| Ibis | B11 | 12.5 m | 118.00 |\n| **Heron** | B12 | 14.0 m | 131.50 |\n| Curlew | B13 | 9.5 m | 88.25 |"
    const { coverage, omissions } = compared(
      source,
      marked(`The policyholder pays the excess\n\n${table}`, "Statement\n\nCafe\u0301")
    )
    assert.deepStrictEqual(omissions, [])
    assert.strictEqual(coverage.found, coverage.words)
  })

  it("finds the words of a document without pages on the pages that its parser has made", () => {
    const { coverage, omissions } = compared(
      [page(0, rows)],
      marked(rows.slice(0, 2).join("\n"), rows.slice(2).join("\n"))
    )
    assert.deepStrictEqual(omissions, [])
    assert.strictEqual(coverage.found, coverage.words)
    assert.deepStrictEqual(kinds([page(0, rows)], marked(rows.slice(0, 2).join("\n"), rows[3] ?? "")), ["lines 0 1"])
  })

  it("names a page that is missing", () => {
    const source = [page(1, rows), page(2, ["The insurer pays for storms"]), page(3, ["Nothing else is insured"])]
    assert.deepStrictEqual(kinds(source, `${marked(rows.join("\n"))}\n\n<!-- page 3 -->\n\nNothing else is insured`), [
      "page 2 1"
    ])
  })

  it("names a scanned page that has no text", () => {
    assert.deepStrictEqual(kinds([{ number: 1, lines: [], isScan: true }], marked("")), ["page 1 1"])
  })

  it("finds a table's row that is missing, also if other rows have the same words", () => {
    assert.deepStrictEqual(kinds([page(1, rows)], marked(rows.filter((row) => !row.startsWith("Heron")).join("\n"))), [
      "lines 1 1"
    ])
  })

  it("finds that half of a page is missing", () => {
    const lines = Array.from({ length: 20 }, (_, n) => `Clause ${n} says what happens in case ${n * 7}`)
    const { coverage, omissions } = compared([page(1, lines)], marked(lines.slice(0, 10).join("\n")))
    assert.strictEqual(omissions[0]?.kind, "lines")
    assert.include(warningsOf({ coverage, leftOut: omissions }, 0.9).at(-1), "% of the source's words")
  })

  it("finds a form's value that is missing", () => {
    const source = [page(1, ["Name of the insured"], ["Margaret Hollis"])]
    assert.deepStrictEqual(kinds(source, marked("Name of the insured")), ["form_value 1 1"])
  })

  it("does not miss running heads and page numbers, but rows whose numbers differ in another way", () => {
    const heads = [1, 2, 3].map((n) =>
      page(n, [`Harbour Mutual, page ${n} of 3`, `Text of ${"abc"[n - 1]} goes here`, String(n)])
    )
    assert.deepStrictEqual(kinds(heads, marked(..."abc".split("").map((each) => `Text of ${each} goes here`))), [])
    const data = [17, 4, 92].map((n, i) => page(i + 1, [`Policy number ${n * 1000}`, "Text goes here and on"]))
    assert.deepStrictEqual(kinds(data, marked(...data.map(() => "Text goes here and on"))), [
      "lines 1 1",
      "lines 2 1",
      "lines 3 1"
    ])
  })

  it("misses lines whose numbers count with the pages, but are no page numbers", () => {
    const claims = [1, 2, 3, 4].map((n) => page(n, [`Claim ${880 + n}`, `Text of ${"abcd"[n - 1]} goes here`]))
    const text = marked(..."abcd".split("").map((each) => `Text of ${each} goes here`))
    assert.deepStrictEqual(kinds(claims, text), ["lines 1 1", "lines 2 1", "lines 3 1", "lines 4 1"])
    const heads = [1, 2, 3, 4].map((n) => page(n, [`Harbour law ${n + 6}`, `Text of ${"abcd"[n - 1]} goes here`]))
    assert.deepStrictEqual(kinds(heads, text), [])
  })

  it("does not miss a running head of many numbers, the last of which counts with the pages", () => {
    const heads = [1, 2, 3, 4].map((n) =>
      page(n, [`Codes 2.3.59 of 4/2004 page ${n + 6}`, `Text of ${"abcd"[n - 1]} goes here`])
    )
    assert.deepStrictEqual(kinds(heads, marked(..."abcd".split("").map((each) => `Text of ${each} goes here`))), [])
  })

  it("finds Korean text whose syllables are in parts, also a part alone", () => {
    assert.deepStrictEqual(
      kinds([page(1, ["\u1112\u1161\u11ab", "\u1100 and more"])], marked("\ud55c\n\n\u1100 and more")),
      []
    )
  })

  it("gives the order of lines that are there as they are", () => {
    assert.strictEqual(compared([page(1, rows)], marked(rows.join("\n"))).coverage.order, 1)
    assert.isBelow(compared([page(1, rows)], marked(rows.toReversed().join("\n"))).coverage.order, 0.5)
  })

  it("compares a source without pages as a whole", () => {
    assert.deepStrictEqual(kinds([page(0, rows)], rows.slice(1).join("\n\n")), ["lines 0 1"])
  })

  it("compares right-to-left words by their letters, whose order differs between programs", () => {
    const source = [
      page(1, [
        "\u0627\u0644\u062a\u0623\u0645\u064a\u0646 \u0639\u0644\u0649 \u0627\u0644\u0633\u0641\u064a\u0646\u0629"
      ])
    ]
    const backwards = [...source[0]?.lines[0]?.text ?? ""].toReversed().join("")
    assert.deepStrictEqual(kinds(source, marked(backwards)), [])
    assert.deepStrictEqual(kinds(source, marked("\u0645\u0631\u062d\u0628\u0627")), ["lines 1 1"])
  })

  it("lists hidden layers without a warning, and warns of attached files", () => {
    const pages = [{ ...page(1, rows), hiddenLetters: 23 }]
    const comparison = compare({ pages, attachments: 2 }, marked(rows.join("\n")))
    assert(comparison._tag === "Compared")
    const { coverage, omissions } = comparison
    assert.deepStrictEqual(omissions.map(({ count, kind }) => `${kind} ${count}`), ["hidden_layer 23", "attachment 2"])
    assert.deepStrictEqual(warningsOf({ coverage, leftOut: omissions }, 0.9), [
      "2 attached files are not in the parsed text."
    ])
  })
})
