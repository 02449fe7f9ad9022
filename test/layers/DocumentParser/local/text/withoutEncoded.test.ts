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
