/** The facts that rules are judged by, on Postgres. */
import { Duration, Effect, Exit, Layer, Schema, Struct } from "effect"
import { SqlClient } from "effect/sql"
import { AlertFactsSource } from "../../../services/AlertFactsSource.ts"
import { AlertFacts } from "../../../src/domain/AlertFacts.ts"
import { rowOf, rowsOf } from "../connection/rows.ts"
import { foreignGrantsQuery } from "../schema/grants.ts"
import { DefaultBudget } from "../vectors/spending.ts"
import { databaseFacts, pipelineFacts } from "./facts.ts"

/** The catalogs change rarely, and reading them takes a while. A failure is not kept: the other facts would fail with it. */
const grantsKept = (exit: Exit.Exit<unknown, unknown>) => Exit.isSuccess(exit) ? Duration.minutes(1) : Duration.zero

export const AlertFactsSourceSql = Layer.effect(
  AlertFactsSource,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const defaultBudget = yield* DefaultBudget
    const grants = yield* Effect.cachedWithTTL(
      readGrants(sql`
        WITH granted AS (${sql.literal(foreignGrantsQuery)})
        SELECT format('%s may %s on %s', grantee, privileges, name) AS found FROM granted ORDER BY grantee, name`),
      grantsKept
    )
    return AlertFactsSource.of({
      read: Effect.fn("AlertFactsSource.read")(function*(stuckAfter) {
        const [pipeline, database, granted] = yield* Effect.all([
          readPipeline(pipelineFacts(sql, stuckAfter, defaultBudget)),
          readDatabase(databaseFacts(sql)),
          grants
        ], { concurrency: "unbounded" })
        return { ...pipeline.found, ...database.found, grants: granted.map(({ found }) => found) }
      })
    })
  })
)

const fromDatabase = [
  "connections",
  "bufferBytesPerHour",
  "sinks",
  "failedReleases",
  "transaction",
  "compliance"
] as const
const readDatabase = rowOf(Schema.Struct({ found: Schema.Struct(Struct.pick(AlertFacts.fields, fromDatabase)) }))
const readPipeline = rowOf(
  Schema.Struct({ found: Schema.Struct(Struct.omit(AlertFacts.fields, [...fromDatabase, "grants"])) })
)
const readGrants = rowsOf(Schema.Struct({ found: Schema.String }))
