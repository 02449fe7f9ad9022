/** What is bought and reused is the embedded text: with the headings that markdown-structure@2 puts before it. */
import { assert, layer as suite } from "@effect/vitest"
import { Effect, Layer, References } from "effect"
import { SqlClient } from "effect/sql"
import { databases } from "../support/databases/Databases.ts"
import { stores, upload } from "../support/databases/stores.ts"
import { rowsOf } from "./observe.ts"
import { assertComplete, boughtSince } from "./outcomes.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { workerHere } from "./worker.ts"

for (const { layer, name } of databases) {
  const all = workerHere.pipe(
    Layer.provideMerge(vendorsInMemory.pipe(Layer.provideMerge(stores), Layer.provideMerge(layer))),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: "1 minute" })(`a text, on ${name},`, (it) => {
    it.effect("is bought once for each heading that it is embedded under, and reused under the same", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const about = (what: string) =>
          `The quinces of ${what} are named in this sentence, and in others like it. `.repeat(9)
        const under = (heading: string) => `## ${heading}\n\n${about(heading)}\n\n### Excess\n\n${about("each loss")}`
        const uploaded = (...headings: ReadonlyArray<string>) =>
          boughtSince(Effect.flatMap(
            upload(`# Terms\n\n${about("all terms")}\n\n${headings.map(under).join("\n\n")}`, {
              chunker: "markdown-structure@2",
              force: true
            }),
            assertComplete
          ))
        const first = yield* uploaded("Fire", "Water", "Fire")
        const chunks = yield* sql<{ readonly place: string; readonly vector: string }>`
          SELECT meta->'headings'->>1 AS place, vector::text AS vector
          FROM document_chunk_buffer c JOIN document_vector_buffer USING (chunk_id)
          WHERE c.document_id = ${first.result.documentId} AND text LIKE '%each loss%' ORDER BY chunk_ord`
        assert.deepStrictEqual(chunks.map(({ place }) => place), ["Fire", "Water", "Fire"])
        assert.strictEqual(chunks[2]?.vector, chunks[0]?.vector)
        assert.notStrictEqual(chunks[1]?.vector, chunks[0]?.vector)
        const { texts } = yield* rowsOf(first.result)
        assert.strictEqual(first.vectors, texts + 1, "one text has two vectors")

        const same = yield* uploaded("Fire", "Water")
        assert.strictEqual(same.vectors, 0)
        const other = yield* uploaded("Theft")
        assert.strictEqual(other.vectors, 2, "the text under the new heading, and its introduction")
        assert.strictEqual(other.tokens, other.result.tokensPaid)
      }))
  })
}
