import { it } from "@effect/vitest"
import { Schema } from "effect"
import { assert, describe } from "vitest"
import { ChunkerId, chunkId, chunkSha, identify } from "../../src/domain/Chunk.ts"
import { sha256 } from "../../src/domain/hash.ts"
import { ChunkId, DocumentId } from "../../src/domain/Ids.ts"

const document = DocumentId.make("11111111-2222-4333-8444-555555555555")
const Place = Schema.Struct({
  document: DocumentId,
  chunker: ChunkerId,
  ordinal: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))
})

describe("a chunk's id", () => {
  it("a chunk's id is the UUIDv5 of document, chunker, version and position", () => {
    assert.strictEqual(chunkId(document, "markdown-simple@1", 0), "fc57c706-d547-5fc2-a683-e8f349915b92")
    assert.strictEqual(chunkId(document, "markdown-structure@1", 41), "f655ffb8-7b5d-535c-8afa-960f43fe98fb")
  })

  it("a chunk's id does not depend on the case of the document's id", () => {
    const upper = DocumentId.make("ABCDEF00-2222-4333-8444-555555555555")
    const lower = DocumentId.make("abcdef00-2222-4333-8444-555555555555")
    assert.strictEqual(chunkId(upper, "markdown-simple@1", 7), chunkId(lower, "markdown-simple@1", 7))
  })

  it.prop("a chunk's id is a lower-case UUID of version 5, unique to its position", [Place, Place], ([one, other]) => {
    const id = chunkId(one.document, one.chunker, one.ordinal)
    assert.isTrue(Schema.is(ChunkId)(id))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const same = one.document.toLowerCase() === other.document.toLowerCase() && one.chunker === other.chunker &&
      one.ordinal === other.ordinal
    assert.strictEqual(chunkId(other.document, other.chunker, other.ordinal) === id, same)
  })
})

describe("a chunk bound to its document", () => {
  it("a chunk bound to its document keeps text and position, and has the hash of its stored text", () => {
    const piece = { text: "Ärger mit Umlauten", meta: { headings: ["A"], page: 2, start: 3, end: 21 } }
    assert.deepStrictEqual(identify(document, "markdown-simple@1", 0, piece), {
      ...piece,
      chunkId: ChunkId.make("fc57c706-d547-5fc2-a683-e8f349915b92"),
      ordinal: 0,
      sha: sha256("Ärger mit Umlauten")
    })
    assert.strictEqual(chunkSha(piece.text), sha256(new TextEncoder().encode(piece.text)))
  })
})
