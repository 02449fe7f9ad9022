/** Removes expired rows on Postgres: small statements, each of which uses an index and skips locked rows. */
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Retention } from "../../../services/Retention.ts"
import { decodeRows, run } from "../connection/rows.ts"
import { expired } from "./expired.ts"

export const RetentionSql = Layer.effect(
  Retention,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return Retention.of({
      prune: Effect.fn("Retention.prune")(function*(kept) {
        const rounds = yield* Effect.forEach(
          expired(sql, kept),
          ({ kind, statement }) =>
            Effect.flatMap(run(statement), decodeRounds).pipe(
              Effect.map((rows) => rows.map((row) => ({ kind, ...row, failure: Option.none() }))),
              // One kind that fails does not stop the others.
              Effect.catchTag(
                "PermanentError",
                (error) => Effect.succeed([{ kind, removed: 0, more: false, failure: Option.some(error) }])
              )
            )
        )
        return rounds.flat().filter(({ failure, more, removed }) => removed > 0 || more || Option.isSome(failure))
      })
    })
  })
)

const decodeRounds = decodeRows(Schema.Struct({ removed: Schema.Int, more: Schema.Boolean }))
