/** What a session sees of the published views and function, by the role and user it has. */
import { assert } from "@effect/vitest"
import { Effect, type Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Vectors } from "../../services/Vectors.ts"
import type { UserId } from "../../src/domain/Ids.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { emptyTables, stores } from "../support/databases/stores.ts"
import { along, ann, ben, fill } from "./complete.ts"

/** As PostgREST does for a token that it has verified. */
const withToken = (claims: unknown) => <A, E, R>(statements: Effect.Effect<A, E, R>) =>
  asOwner(Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.andThen(
      sql`SELECT set_config('role', 'authenticated', true),
        set_config('request.jwt.claims', ${typeof claims === "string" ? claims : JSON.stringify(claims)}, true)`,
      statements
    )))

const match = (limit: number | null, filter: object = {}) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql<{ readonly content: string; readonly similarity: number }>`
      SELECT content, similarity FROM match_documents(${`[${along(0).join(",")}]`}, ${limit}, ${
      JSON.stringify(filter)
    }::jsonb)`)

const groundwater = "Groundwater is insured after 21 days."

onEachDatabase("reading", (it, database) => {
  it.layer(stores)((it) => {
    it.effect("shows a signed-in user the complete documents of their own, nearest first", () =>
      Effect.gen(function*() {
        yield* emptyTables
        yield* fill
        assert.deepStrictEqual(yield* withToken({ sub: ann })(match(5)), [
          { content: groundwater, similarity: 1 },
          { content: "Hail is insured at once.", similarity: 0 }
        ])
        assert.deepStrictEqual(yield* withToken({ sub: ben })(match(5)), [
          { content: "Ben's letter about groundwater.", similarity: 1 }
        ])
      }))

    it.effect("limits and filters by metadata, the document's own included", () =>
      Effect.gen(function*() {
        const asAnn = withToken({ sub: ann })
        assert.lengthOf(yield* asAnn(match(1)), 1)
        assert.lengthOf(yield* asAnn(match(null)), 2)
        for (const filter of [{ page: 3 }, { filename: "policy.pdf", ordinal: 1 }, { source: "policy", page: 3 }]) {
          assert.deepStrictEqual((yield* asAnn(match(5, filter))).map(({ content }) => content), [
            "Hail is insured at once."
          ])
        }
        assert.lengthOf(yield* asAnn(match(5, { filename: "letter.txt" })), 0)
      }))

    it.effect("answers the API as it answers PostgREST, for the user alone", () =>
      Effect.gen(function*() {
        const vectors = yield* Vectors
        const see = (user: UserId, filter: Readonly<Record<string, Schema.Json>>) =>
          Effect.map(
            vectors.match(user, along(0), { limit: 5, filter }),
            (hits) => hits.map(({ content, similarity }) => ({ content, similarity }))
          )
        for (const user of [ann, ben]) {
          for (const filter of [{}, { page: 3 }]) {
            assert.deepStrictEqual(yield* see(user, filter), [...yield* withToken({ sub: user })(match(5, filter))])
          }
        }
      }))

    it.effect("has the documented columns", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const columns = (view: string) =>
          Effect.map(
            sql<
              { readonly is: string }
            >`SELECT attname || ' ' || format_type(atttypid, atttypmod) AS is FROM pg_attribute
              WHERE attrelid = ${view}::regclass AND attnum > 0 ORDER BY attnum`,
            (rows) => rows.map(({ is }) => is)
          )
        assert.deepStrictEqual(yield* columns("accessa_chunks"), [
          "id uuid",
          "text text",
          "embedding vector(1536)",
          "metadata jsonb",
          "document_id uuid",
          "filename text",
          "page integer",
          "headings jsonb",
          "ordinal integer",
          "user_id uuid"
        ])
        assert.deepStrictEqual(yield* columns("accessa_llamaindex"), [
          "id uuid",
          "external_id text",
          "collection text",
          "document text",
          "metadata jsonb",
          "embeddings vector(1536)"
        ])
      }))

    it.effect("shows nothing without a token, or with one that names no user", () =>
      Effect.gen(function*() {
        for (const claims of ["", {}, { sub: "someone" }, { sub: null }]) {
          assert.deepStrictEqual(yield* withToken(claims)(match(5)), [], JSON.stringify(claims))
        }
      }))

    it.effect("gives readers no access to the tables behind it", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        for (
          const table of ["documents", "upload_jobs", "document_chunk_buffer", "document_vector_buffer", "readers"]
        ) {
          const error = yield* Effect.flip(withToken({ sub: ann })(sql`SELECT FROM ${sql(table)}`))
          assert.strictEqual(error.reason._tag, "AuthorizationError", table)
        }
      }))

    // The embedded database has one session, which is its superuser's.
    if (database === "postgres") {
      it.effect("shows a reader's login only the users listed for it, also if it changes the session's settings", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const as = <A, E, R>(statements: Effect.Effect<A, E, R>) =>
            sql.withTransaction(Effect.andThen(sql`SET LOCAL SESSION AUTHORIZATION accessa_test_reader`, statements))
          yield* asOwner(Effect.andThen(
            sql`DO $$ BEGIN CREATE ROLE accessa_test_reader LOGIN PASSWORD 'postgres';
              EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
            sql`GRANT accessa_reader TO accessa_test_reader`
          ))
          assert.deepStrictEqual(yield* as(match(5)), [])
          yield* asOwner(sql`INSERT INTO readers VALUES ('accessa_test_reader', ${ann}), ('another', ${ben})`)
          const asAny = (user: UserId) =>
            as(Effect.andThen(
              sql`SELECT set_config('accessa.users', ${user}, true),
                set_config('request.jwt.claims', ${JSON.stringify({ sub: user })}, true)`,
              Effect.map(match(5), (hits) => hits.map(({ content }) => content))
            ))
          const own = [groundwater, "Hail is insured at once."]
          assert.deepStrictEqual([yield* asAny(ann), yield* asAny(ben)], [own, own])
          assert.lengthOf(yield* as(sql`SELECT FROM accessa_llamaindex`), 2)
          for (
            const statement of [
              "INSERT INTO readers VALUES ('accessa_test_reader', gen_random_uuid())",
              "SET ROLE authenticated",
              "SET ROLE accessa_publisher",
              "SET ROLE accessa_service"
            ]
          ) {
            assert.strictEqual(
              (yield* Effect.flip(as(sql.unsafe(statement)))).reason._tag,
              "AuthorizationError",
              statement
            )
          }
        }))
    }
  })
})
