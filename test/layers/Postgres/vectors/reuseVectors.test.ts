import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { reuseVectors } from "../../../../layers/Postgres/vectors/reuseVectors.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { embedding } from "../../../support/databases/embedding.ts"
import { emptyTables, stores } from "../../../support/databases/stores.ts"

onEachDatabase("the search for vectors to reuse", (it) => {
  it.layer(stores)((it) => {
    it.effect("looks up each text of a large first document by its hash alone, not among all chunks of its user", () =>
      Effect.gen(function*() {
        yield* emptyTables
        const sql = yield* SqlClient.SqlClient
        // The planner has no statistics yet; with so many chunks it would also read the index that has their users.
        const job = yield* embedding(Array.from({ length: 2_000 }, (_, n) => `${n} ${"policy ".repeat(200)}`))
        const [statement, parameters] = reuseVectors(sql, [{ job, after: -1, limit: 2_000 }]).compile()
        const plan = yield* sql.unsafe<{ readonly "QUERY PLAN": string }>(`EXPLAIN ${statement}`, parameters)
        const lines = plan.map((row) => row["QUERY PLAN"].trim())
        assert.isNotEmpty(lines.filter((line) => line.includes("document_chunk_buffer_by_input")))
        assert.deepStrictEqual(lines.filter((line) => line.startsWith("Index Cond: (user_id = ")), [])
      }))
  })
})
