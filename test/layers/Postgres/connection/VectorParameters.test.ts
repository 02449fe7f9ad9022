import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { VectorParameters } from "../../../../layers/Postgres/connection/VectorParameters.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { databases } from "../../../support/databases/Databases.ts"

const ones = new Float32Array(3).fill(1)

for (const database of databases) {
  layer(database.layer)(`vectors as parameters on ${database.name}`, (it) => {
    it.effect("are sent with the type of the database that was restored from a dump under the same address", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { many, one, withCurrentType } = yield* VectorParameters
        const distance = withCurrentType(() => sql`SELECT ${one(ones)} <=> ${one(ones)} AS distance`)
        const stored = withCurrentType(() => sql`SELECT v::text AS vector FROM unnest(${many([ones, ones])}) v`)
        yield* asOwner(Effect.all([sql`DROP EXTENSION vector CASCADE`, sql`CREATE EXTENSION vector`]))

        const atOnce = yield* Effect.forkChild(Effect.all([distance, stored], { concurrency: "unbounded" }))
        assert.deepStrictEqual(yield* Fiber.join(atOnce), [
          [{ distance: 0 }],
          [{ vector: "[1,1,1]" }, { vector: "[1,1,1]" }]
        ])
        assert.deepStrictEqual(yield* sql`SELECT ${one(ones)} <=> ${one(ones)} AS distance`, [{ distance: 0 }])
      }))

    it.effect("of a statement that is refused for another reason are not sent again", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { one, withCurrentType } = yield* VectorParameters
        let runs = 0
        const refused = withCurrentType(() => {
          runs++
          return sql`SELECT ${one(ones)} <=> ${one(ones.subarray(1))}`
        })
        const { reason } = yield* Effect.flip(refused)
        assert.include(String(reason.cause), "different vector dimensions")
        assert.strictEqual(runs, 1)
      }))
  })
}
