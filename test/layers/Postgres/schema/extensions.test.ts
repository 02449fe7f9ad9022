/** pgvector in a schema of its own, as on Supabase. */
import { assert, it, layer } from "@effect/vitest"
import { Config, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { VectorParameters } from "../../../../layers/Postgres/connection/VectorParameters.ts"
import { Vectors } from "../../../../services/Vectors.ts"
import { stores } from "../../../support/databases/stores.ts"
import { SupabaseLike } from "../../../support/databases/SupabaseLike.ts"
import { embeddingModel } from "../../../support/harness/TestApi.ts"
import { fillTables, me } from "../../../tenancy/twoUsers.ts"

const urls = Option.toArray(Effect.runSync(Config.option(Config.String("DATABASE_URL"))))

const title = "pgvector in the schema extensions"
for (const reason of urls.length === 0 ? ["DATABASE_URL is not set"] : []) {
  // oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
  it.skip(`${title}: ${reason}`, () => {})
}

for (const url of urls) {
  layer(Layer.provideMerge(stores, SupabaseLike(url)), { excludeTestServices: true, timeout: "1 minute" })(
    title,
    (it) => {
      it.effect("is found by a login that is a member of our two roles alone", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const { one } = yield* VectorParameters
          const vector = new Float32Array(1536).fill(1)
          assert.deepStrictEqual(
            yield* sql`SELECT current_user::text AS role, ${one(vector)} <=> ${one(vector)} AS distance`,
            [{ role: "accessa_service", distance: 0 }]
          )
          assert.deepStrictEqual(
            yield* sql`SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'`,
            [{ nspname: "extensions" }]
          )
        }))

      it.effect("stores and searches vectors", () =>
        Effect.gen(function*() {
          const { documentId, embedModel, embedVersion } = yield* fillTables(me)
          const vectors = yield* Vectors
          const hits = yield* vectors.search(
            me,
            { ...embeddingModel, model: embedModel, version: embedVersion },
            new Float32Array(1536).fill(1),
            { limit: 3 }
          )
          assert.deepStrictEqual(hits.map((hit) => hit.documentId), [documentId])
        }))
    }
  )
}
