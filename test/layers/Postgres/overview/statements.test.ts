/** The statistics of statements, from a server of its own: an extension that only the server's start can load gathers them. */
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Layer, Option, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { existsSync, globSync } from "node:fs"
import { env } from "node:process"
import { DatabasePostgres } from "../../../../layers/Postgres/connection/Postgres.ts"
import { SlowReads } from "../../../../layers/Postgres/connection/SlowReads.ts"
import { PipelineStatsSql } from "../../../../layers/Postgres/overview/PipelineStats.ts"
import { PipelineStats } from "../../../../services/PipelineStats.ts"
import { SlowStatement } from "../../../../src/policy/statements.ts"
import { freePort } from "../../../faults/PostgresPlace.ts"
import { startPostgres } from "../../../faults/PostgresServer.ts"

/** PGlite has no such extension, and the server of `DATABASE_URL` may not have loaded it. */
const programs = [env["PG_BIN"] ?? "", ...globSync("/usr/lib/postgresql/*/bin")].find((directory) =>
  existsSync(`${directory}/initdb`) && existsSync(`${directory}/../lib/pg_stat_statements.so`)
)

const statements = Effect.flatMap(PipelineStats, (stats) => stats.statements)

it.live.skipIf(programs === undefined)(
  "statements whose mean time is above SLOW_STATEMENT_MS are counted (skipped without PostgreSQL's own programs)",
  () =>
    Effect.gen(function*() {
      const server = yield* startPostgres(
        programs ?? "",
        yield* freePort,
        undefined,
        "-c shared_preload_libraries=pg_stat_statements"
      )
      const database = DatabasePostgres({
        url: Redacted.make(server.url),
        maxConnections: 2,
        applicationName: "accessa test",
        as: "login"
      })
      yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        assert.isTrue(Option.isNone(yield* statements), "before the extension is created")
        yield* sql`CREATE EXTENSION pg_stat_statements`
        yield* sql`SELECT pg_stat_statements_reset()`
        yield* sql`SELECT pg_sleep(0.3)`
        const { slow, slowestSeconds } = Option.getOrThrow(yield* statements)
        assert.strictEqual(slow, 1)
        assert.isAtLeast(slowestSeconds, 0.3)
      }).pipe(
        Effect.provideService(SlowStatement, Duration.millis(200)),
        Effect.provide(PipelineStatsSql.pipe(Layer.provide(SlowReads.layer(1)), Layer.provideMerge(database)))
      )
    }).pipe(Effect.scoped),
  180_000
)
