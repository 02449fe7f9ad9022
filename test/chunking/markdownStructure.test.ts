import { describe, it } from "@effect/vitest"
import { assert } from "vitest"
import { markdownStructure } from "../../src/chunking/markdownStructure.ts"
import { estimateTokens, perToken } from "../../src/chunking/TokenEstimate.ts"
import { AnyMarkdown } from "./markdown.ts"

const chunk = (...blocks: ReadonlyArray<string>) => [...markdownStructure(blocks.join("\n\n") + "\n")]
const texts = (...blocks: ReadonlyArray<string>) => chunk(...blocks).map(({ text }) => text)

/** Prose of about so many tokens. */
const prose = (tokens: number, of = "cover") => `The insurer pays for ${of}. `.repeat(Math.ceil(tokens / 7)).trim()

describe("markdown-structure@1", () => {
  it("keeps a section that is long enough in its own chunk, with its heading", () => {
    const [fire, theft] = [`## Fire\n\n${prose(150)}`, `## Theft\n\n${prose(150)}`]
    assert.deepStrictEqual(texts(fire, theft), [fire, theft])
  })

  it("lets small sections under one parent share a chunk, under the headings they have in common", () => {
    const small = ["## Fire\n\nCovered.", "## Storm\n\nCovered.", "## War\n\nExcluded."]
    const chunks = chunk(`# Policy\n\n${prose(150)}`, ...small)
    assert.deepStrictEqual(chunks.map(({ text }) => text).slice(1), [small.join("\n\n")])
    assert.deepStrictEqual(chunks.at(-1)?.meta.headings, ["Policy"])
  })

  it("cuts a heading that is too long between characters", () => {
    const [first] = chunk(`#${" ".repeat(250)}${"a".repeat(149)}\u{1f600} and more`)
    assert.deepStrictEqual(first?.meta.headings, ["a".repeat(149)])
  })

  it("does not let a small section share a chunk with a chapter that follows", () => {
    assert.deepStrictEqual(texts("# A\n\n## A.1\n\nShort.", "# B\n\nShort.").length, 1)
    assert.deepStrictEqual(texts("## A.1\n\nShort.", "# B\n\nShort."), ["## A.1\n\nShort.", "# B\n\nShort."])
  })

  it("does not put a small section before a long one's first part", () => {
    const chunks = texts("## Fire\n\nCovered.", `## Theft\n\n${prose(900)}`)
    assert.strictEqual(chunks[0], "## Fire\n\nCovered.")
    assert.isTrue(chunks[1]?.startsWith("## Theft"))
  })

  it("gives every part of a long section its headings, outermost first", () => {
    const chunks = chunk("# Policy", "## Cover", `### Fire\n\n${prose(1500)}`)
    assert.isAbove(chunks.length, 2)
    for (const { meta } of chunks) assert.deepStrictEqual(meta.headings, ["Policy", "Cover", "Fire"])
  })

  it("reads underlined headings", () => {
    const chunks = chunk("Policy\n======", `Cover\n-----\n\n${prose(150)}`)
    assert.deepStrictEqual(chunks.map(({ meta }) => meta.headings), [["Policy", "Cover"]])
  })

  it("does not treat a comment in a fence as a heading", () => {
    const chunks = chunk("# Guide", "```sh\n# not a heading\n```", prose(150))
    assert.deepStrictEqual(chunks.map(({ meta }) => meta.headings), [["Guide"]])
  })

  it("keeps a block that fits whole, whatever comes before it", () => {
    const table = [
      "| Item | Limit |",
      "| - | - |",
      ...Array.from({ length: 24 }, (_, row) => `| Item ${row} | ${row} |`)
    ].join("\n")
    const code = `\`\`\`ts\n${"const limit = premium * 12\n".repeat(30)}\`\`\``
    for (const block of [table, code]) {
      for (const before of [10, 90, 120, 250, 380]) {
        assert.isTrue(texts("# Policy", prose(before), block, prose(300)).some((text) => text.includes(block)))
      }
    }
  })

  it("cuts a list between its items and keeps the introductory line with the first", () => {
    const items = Array.from({ length: 60 }, (_, item) => `- Item ${item} is ${prose(14)}`)
    const chunks = texts(prose(150), `The following is excluded:\n\n${items.join("\n")}`)
    assert.isAbove(chunks.length, 2)
    assert.isTrue(chunks.some((text) => text.includes("excluded:\n\n- Item 0 ")))
    for (const text of chunks.slice(1)) assert.match(text, /^(- Item|The following)/)
  })

  it("repeats a divided table's header in every part", () => {
    const rows = Array.from({ length: 300 }, (_, row) => `| Item ${row} | ${row * 10} |`)
    const chunks = chunk(["| Item | Limit |", "| - | - |", ...rows].join("\n"))
    assert.isAbove(chunks.length, 3)
    for (const { text } of chunks) assert.isTrue(text.startsWith("| Item | Limit |\n| - | - |\n| Item "))
    assert.deepStrictEqual(chunks.flatMap(({ text }) => text.split("\n").slice(2)), rows)
  })

  it("does not repeat a header that would fill the chunk", () => {
    const header = `| ${"A very long name of a column ".repeat(40)} |\n| - |`
    const chunks = texts([header, ...Array.from({ length: 300 }, (_, row) => `| Row ${row} |`)].join("\n"))
    assert.isTrue(chunks.at(-1)?.startsWith("| Row "))
  })

  it("closes a divided fence and opens it again, with the code's indentation", () => {
    const lines = Array.from({ length: 300 }, (_, line) => `    call(${line})`)
    const chunks = texts(["```js", ...lines, "```"].join("\n"))
    assert.isAbove(chunks.length, 3)
    for (const text of chunks) assert.match(text, /^```js\n {4}call[^`]*\n```$/)
    assert.deepStrictEqual(chunks.flatMap((text) => text.split("\n").slice(1, -1)), lines)
  })

  it("cuts a long paragraph between sentences", () => {
    for (const text of texts(prose(2000))) assert.match(text, /^The insurer.*\.$/s)
  })

  it.prop(
    "stays within 500 estimated tokens and repeats no text but headers",
    [AnyMarkdown],
    ([markdown]) => {
      let end = 0
      for (const { meta, text } of markdownStructure(markdown)) {
        assert.isAtLeast(meta.start, end)
        end = meta.end
        // The line that closes a divided fence comes on top.
        assert.isAtMost(estimateTokens(text), 510 * perToken)
      }
    },
    { arbitrary: { runs: 200, size: 40 } }
  )
})
