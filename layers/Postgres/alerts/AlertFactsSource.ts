/** The facts that rules are judged by, on Postgres. */
import { Duration, Effect, Layer, Schema, Struct } from "effect"
import { SqlClient } from "effect/sql"
import { AlertFactsSource } from "../../../services/AlertFactsSource.ts"
import { AlertFacts } from "../../../src/domain/AlertFacts.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { foreignGrantsQuery } from "../schema/grants.ts"
import { DefaultBudget } from "../vectors/spending.ts"
import { databaseFacts, pipelineFacts, sampleSizes } from "./facts.ts"

/** The catalogs change rarely, and reading them takes a while. */
const grantsReadEvery = Duration.minutes(1)

export const AlertFactsSourceSql = Layer.effect(
  AlertFactsSource,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const defaultBudget = yield* DefaultBudget
    const grants = yield* Effect.cachedWithTTL(
      readGrants(sql`
        WITH granted AS (${sql.literal(foreignGrantsQuery)})
        SELECT format('%s may %s on %s', grantee, privileges, name) AS found FROM granted ORDER BY grantee, name`),
      grantsReadEvery
    )
    return AlertFactsSource.of({
      read: Effect.fn("AlertFactsSource.read")(function*(stuckAfter) {
        yield* run(sampleSizes(sql))
        const [pipeline] = yield* readPipeline(pipelineFacts(sql, stuckAfter, defaultBudget))
        const [database] = yield* readDatabase(databaseFacts(sql))
        const found = (yield* grants).map((row) => row.found)
        const facts = yield* Effect.orDie(Effect.fromNullishOr(pipeline))
        return { ...facts.found, ...(yield* Effect.orDie(Effect.fromNullishOr(database))).found, grants: found }
      })
    })
  })
)

const fromDatabase = ["connections", "bufferBytesPerHour", "sinks", "transaction"] as const
const readDatabase = rowsOf(Schema.Struct({ found: Schema.Struct(Struct.pick(AlertFacts.fields, fromDatabase)) }))
const readPipeline = rowsOf(
  Schema.Struct({ found: Schema.Struct(Struct.omit(AlertFacts.fields, [...fromDatabase, "grants"])) })
)
const readGrants = rowsOf(Schema.Struct({ found: Schema.String }))
