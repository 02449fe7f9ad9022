import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { readFileSync } from "node:fs"
import { describeSchema } from "../../../layers/Database/describeSchema.ts"
import { asOwner } from "../../support/asOwner.ts"
import { onEachDatabase } from "../../support/Databases.ts"

const checkedIn = readFileSync(new URL("../../../migrations/schema.sql", import.meta.url), "utf8")

onEachDatabase("the schema", (it) => {
  it.effect("is the one in migrations/schema.sql (or run: node scripts/dump-schema.ts)", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* describeSchema, checkedIn)
    }))

  it.effect("is not described with a part missing", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const error = yield* asOwner(sql`CREATE VIEW overlooked AS SELECT 1 AS one`).pipe(
        Effect.andThen(Effect.flip(describeSchema)),
        Effect.ensuring(Effect.orDie(asOwner(sql`DROP VIEW IF EXISTS overlooked`)))
      )
      assert.include(error.message, "can not describe overlooked")
    }))
})
