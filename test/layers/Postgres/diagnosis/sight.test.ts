/** What the database's part of an inspection finds, and that it keeps nothing. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Diagnosis } from "../../../../services/Diagnosis.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { stores } from "../../../support/databases/stores.ts"

const look = Effect.flatMap(Diagnosis, ({ sight }) => sight)

onEachDatabase("the sight of the database", (it) => {
  it.layer(stores)((it) => {
    it.effect("the sight of the database finds a service role without powers that hears, and no way around row security", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { findings, hears, pgvector, postgres, powers, role, roundTripMs, trespasses } = yield* look
        assert.strictEqual(role, "accessa_service")
        // The test's login is a superuser, the role is none.
        assert.isEmpty(powers.filter((power) => power.startsWith(role)))
        assert.isTrue(hears)
        assert.match(postgres, /^\d+/)
        assert.match(pgvector, /^0\.\d/)
        assert.isBelow(roundTripMs, 5_000)
        assert.deepStrictEqual(trespasses, [])
        assert.isTrue(findings.every(({ ok }) => ok), JSON.stringify(findings))
        assert.deepStrictEqual(yield* sql`SELECT count(*)::int AS left FROM documents`, [{ left: 0 }])
      }))

    it.effect("the sight of the database tells which trespass a policy that lets all through allows", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const lenient = asOwner(sql`CREATE POLICY lenient ON documents TO accessa_user USING (true)`)
        const { trespasses } = yield* Effect.acquireUseRelease(
          lenient,
          () => look,
          () => Effect.orDie(asOwner(sql`DROP POLICY lenient ON documents`))
        )
        assert.deepStrictEqual(trespasses, [
          "a user sees the document of another",
          "without a user, documents are visible",
          "a user may write a document of another"
        ])
      }))

    it.effect("the sight of the database tells that a user's own documents are hidden from them", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const strict = asOwner(
          sql`CREATE POLICY strict ON documents AS RESTRICTIVE FOR SELECT TO accessa_user USING (false)`
        )
        const { trespasses } = yield* Effect.acquireUseRelease(
          strict,
          () => look,
          () => Effect.orDie(asOwner(sql`DROP POLICY strict ON documents`))
        )
        assert.deepStrictEqual(trespasses, ["a user does not see a document of their own"])
      }))
  })
})
