import { describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { countTokens as cl100k } from "gpt-tokenizer/encoding/cl100k_base"
import { assert } from "vitest"
import { embedText, type VectorMode } from "../../../src/mocks/openai/embedText.ts"
import { countTokens, piecesOf } from "../../../src/mocks/openai/Pieces.ts"
import { writeBase64, writeFloats } from "../../../src/mocks/openai/writeEmbeddings.ts"

const embed = (text: string, mode: VectorMode = "lexical", dimensions = 1536) => {
  const vector = new Float32Array(dimensions)
  embedText(text, piecesOf(text), { mode, model: "m", width: 1536 }, vector)
  return vector
}

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

const ordinary = { disallowedSpecial: new Set<string>() }

/** Characters at the edges of cl100k's rules, beside ordinary text. */
const edges = [
  ..."'sStTlLvVrReEdDmM aAéß中ａ 1٣²½ \u00a0\u2028\u3000\t\r\n!-—’.,_ſK\u0301\u200b\ufeff\u0085",
  "😀",
  "𝔸",
  "𝟙",
  "\ud800",
  "\udc00",
  "  ",
  "\n\n",
  "<|endoftext|>",
  "<|im_start|>"
]
const Edge = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: edges.length - 1 }))),
  (at) => edges[at] ?? ""
)
const EdgeText = Arbitrary.map(Arbitrary.array(Edge, { maxLength: 30 }), (parts) => parts.join(""))
const Text = Arbitrary.schema(Schema.NonEmptyString)
const runs = { arbitrary: { runs: 2_000 } }

describe("the token count", () => {
  it.prop("the token count equals cl100k's at the edges of its rules", [EdgeText], ([text]) => {
    assert.strictEqual(countTokens(piecesOf(text)), cl100k(text, ordinary))
  }, runs)

  it.prop("the token count equals cl100k's for any text", [Text], ([text]) => {
    assert.strictEqual(countTokens(piecesOf(text)), cl100k(text, ordinary))
  }, runs)

  it("the token count stays close to cl100k's for a run without breaks, which is counted in parts", () => {
    const run = "保险条款".repeat(1_000)
    assert.closeTo(countTokens(piecesOf(run)), cl100k(run, ordinary), 4)
  })

  it("the token count loses nothing of the text", () => {
    const text = "It's 12345 o'clock,\r\n\r\n  isn't it?   "
    assert.strictEqual(piecesOf(text).map((piece) => piece.text).join(""), text)
  })
})

describe.each(["lexical", "random"] as const)("a %s vector", (mode) => {
  it.prop("a vector has unit length and depends only on the text", [Text, Text], ([text, other]) => {
    const vector = embed(text, mode)
    embed(other, mode)
    assert.closeTo(Math.hypot(...vector), 1, 1e-6)
    assert.deepStrictEqual(embed(text, mode), vector)
  })

  it("a vector differs from text to text", () => {
    const texts = ["policy", "Policy!", "claim", "...", "....", "", " ", "1"]
    const vectors = texts.map((text) => embed(text, mode).join())
    assert.isAtLeast(new Set(vectors).size, mode === "random" ? texts.length : texts.length - 1)
  })
})

describe("a lexical vector", () => {
  const question = embed("Does my plan cover dental treatment abroad?")

  it("a lexical vector is closer to a paraphrase than to another subject", () => {
    const paraphrase = cosine(question, embed("Dental treatments abroad are covered by this plan up to 500 euros."))
    const related = cosine(question, embed("The policy pays for treatment at a dentist in a foreign country."))
    const unrelated = cosine(question, embed("The tenant must give three months of notice before moving out."))
    assert.isAbove(paraphrase, related)
    assert.isAbove(related, unrelated + 0.05)
    assert.isBelow(Math.abs(unrelated), 0.1)
  })

  it("a lexical vector finds the passage that answers a question among many", () => {
    const passages = [
      "Water damage: the insurer pays for damage by burst pipes within the building, less the deductible.",
      "Theft: bicycles are insured against theft between 6 am and 10 pm if they were locked.",
      "Cancellation: either party may cancel the contract three months before the end of the insurance year.",
      "Travel: emergency treatment outside the country is covered for journeys of up to eight weeks.",
      "Premium: the premium is due on the first day of each month; a reminder costs five euros."
    ]
    const nearest = (query: string) => {
      const scores = passages.map((passage) => cosine(embed(query), embed(passage)))
      return scores.indexOf(Math.max(...scores))
    }
    assert.deepStrictEqual([
      nearest("My bike was stolen, am I insured?"),
      nearest("when can I cancel my contract"),
      nearest("a pipe burst and the floor is wet, who pays the damage"),
      nearest("is an emergency covered while travelling abroad"),
      nearest("what does a late premium reminder cost")
    ], [1, 2, 0, 3, 4])
  })

  it("a lexical vector does not rate texts as similar for stop words", () => {
    const score = cosine(
      embed("This is the one that we had for it and the car"),
      embed("That is not what the house was there for")
    )
    assert.isBelow(score, 0.35)
  })
})

describe("a random vector", () => {
  it("a random vector is normally distributed", () => {
    const values = Array.from({ length: 20 }, (_, at) => [...embed(`text ${at}`, "random")]).flat().map((value) =>
      value * Math.sqrt(1536)
    )
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const within = (sigma: number) => values.filter((value) => Math.abs(value) < sigma).length / values.length
    assert.closeTo(mean, 0, 0.02)
    assert.closeTo(within(1), 0.6827, 0.01)
    assert.closeTo(within(2), 0.9545, 0.01)
    assert.closeTo(within(3), 0.9973, 0.005)
  })

  it("a random vector is close to no other", () => {
    assert.isBelow(Math.abs(cosine(embed("one", "random"), embed("two", "random"))), 0.1)
  })
})

describe("the body of a reply", () => {
  it("the body of a reply is JSON with the same numbers in both formats", () => {
    const items = ["one", "two"].map((text, index) => ({ index, vector: embed(text) }))
    const parse = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString())
    const around = { object: "list", model: "m\"é", usage: { prompt_tokens: 7, total_tokens: 7 } }
    const floats = items.map(({ index, vector }) => ({ object: "embedding", index, embedding: [...vector] }))
    const base64 = items.map(({ index, vector }) => ({
      object: "embedding",
      index,
      embedding: Buffer.from(vector.buffer).toString("base64")
    }))
    assert.deepStrictEqual(parse(writeFloats(items, "m\"é", 7)), { ...around, data: floats })
    assert.deepStrictEqual(parse(writeBase64(items, "m\"é", 7)), { ...around, data: base64 })
  })
})
