import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { withoutEncoded } from "../../../../../layers/DocumentParser/local/text/withoutEncoded.ts"

/** The same on each run. */
const bytes = (length: number) =>
  Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, (_, n) => createHash("sha256").update(`${n}`).digest()))
    .subarray(0, length)
const wrapped = (text: string, prefix = "") => text.replaceAll(/.{76}/g, `$&\n${prefix}`)

describe("base64 in a text", () => {
  it("is left out and counted, in lines, in a reply, and in one run", () => {
    const base64 = bytes(1_000).toString("base64")
    const cases = [wrapped(base64), wrapped(base64, "> "), base64, `\`\`\`\n${wrapped(base64)}\n\`\`\``]
    for (const block of cases) {
      const { leftOut, text } = withoutEncoded(`Before it.\n\n${block}\n\nAfter it, the policy goes on.`)
      assert.match(text, /^Before it\.\s[\s`>]*\sAfter it, the policy goes on\.$/u)
      assert.strictEqual(leftOut[0]?.kind, "encoded")
      assert.isAtLeast(leftOut[0]?.count ?? 0, base64.length)
    }
  })

  it("is nothing that people write or compare: words, hashes, keys, addresses and rows of one letter stay", () => {
    const hashes = Array.from({ length: 20 }, (_, n) => createHash("sha256").update(`${n}`).digest("hex")).join("\n")
    const cases = [
      hashes,
      "Donaudampfschifffahrtsgesellschaftskapitaen ".repeat(20),
      `The key is ${bytes(96).toString("base64")} and stays.`,
      "GATTACA".repeat(100),
      "A".repeat(1_000),
      `https://example.com/${"claims/Policy2024/Schedule-of-benefits/".repeat(10)}`,
      "保险合同".repeat(200)
    ]
    for (const text of cases) assert.deepStrictEqual(withoutEncoded(text), { text, leftOut: [] })
  })
})

describe("a file inside a text, as an address", () => {
  it("is left out and counted, but not its description", () => {
    const data = "A".repeat(5_000)
    const cases = [
      [`![Hull](data:image/png;base64,${data}) dry`, "![Hull](data:image/png) dry", 5_008],
      [`[hull]: data:image/svg+xml;charset=utf-8,%3Csvg${data}\nNext`, "[hull]: data:image/svg+xml\nNext", 5_021],
      [`<img alt="Hull" src="data:image/gif;base64,${data}">`, "<img alt=\"Hull\" src=\"data:image/gif\">", 5_008],
      ["The scheme data:text/plain,hi is short.", "The scheme data:text/plain,hi is short.", 0]
    ] as const
    for (const [text, left, count] of cases) {
      assert.deepStrictEqual(withoutEncoded(text), {
        text: left,
        leftOut: count === 0 ? [] : [{ kind: "encoded", page: 0, count, detail: "Encoded data is not text." }]
      })
    }
  })
})
