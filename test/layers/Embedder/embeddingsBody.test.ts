import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { parseBody } from "../../../layers/Embedder/embeddingsBody.ts"

const base64 = Arbitrary.map(Arbitrary.schema(Schema.String), (text) => Buffer.from(text).toString("base64"))
const confusing = Schema.Literals(["\"embedding\":\"", "embedding", "\\\"", "é\u0000", "#0"])
const list = Arbitrary.schema(Schema.Array(Schema.Struct({
  index: Schema.Int,
  object: Schema.Union([Schema.String, confusing])
})))

/** As JSON reads it, with each embedding as bytes. */
const readByJson = (text: string): unknown =>
  JSON.parse(
    text,
    (key, value: unknown) => key === "embedding" && typeof value === "string" ? Buffer.from(value) : value
  )

describe("the body of an embeddings response", () => {
  it.prop(
    "is read as JSON reads it, whatever the other values hold",
    [list, base64, Schema.Literals([0, 2])],
    ([items, embedding, spaces]) => {
      const value = { data: items.map((item, n) => ({ ...item, embedding: `${n}${embedding}` })), model: "m" }
      const text = JSON.stringify(value, undefined, spaces)
      assert.deepStrictEqual(parseBody(Buffer.from(text)), readByJson(text))
    }
  )

  it("is refused if it breaks off, also inside an embedding", () => {
    const whole = JSON.stringify({ data: [{ embedding: "AAAA" }, { embedding: "BBBB" }] })
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => parseBody(Buffer.from(whole.slice(0, length))), SyntaxError)
    }
  })

  it("gives no item the embedding of another", () => {
    const body = "{\"data\":[{\"embedding\": \"\"},{\"embedding\":\"\"},{\"embedding\":\"AAAA\"}]}"
    assert.deepStrictEqual(parseBody(Buffer.from(body)), readByJson(body))
  })
})
