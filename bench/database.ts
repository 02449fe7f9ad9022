/** `pnpm bench database`: documents through the pipeline while other clients keep the same database busy. */
import { Effect, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { embeddingsUrl, requireServer, runChild } from "./child.ts"
import { comparedFlags } from "./large.ts"
import { makeDocuments } from "./makeDocuments.ts"
import { compareWithRecorded } from "./recorded.ts"

/** Writes rows and sorts them, over and over, on each connection. */
const load = (connections: number) => (environment: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE bench_load (id bigint GENERATED ALWAYS AS IDENTITY, noise float8)`
    const turn = Effect.andThen(
      sql`INSERT INTO bench_load (noise) SELECT random() FROM generate_series(1, 500)`,
      sql`SELECT noise FROM (SELECT noise FROM bench_load ORDER BY id DESC LIMIT 20000) latest ORDER BY noise LIMIT 1`
    )
    yield* Effect.all(Array.from({ length: connections }, () => Effect.forever(turn)), { concurrency: "unbounded" })
  }).pipe(
    Effect.provide(DatabasePostgres({
      url: Redacted.make(environment["DATABASE_URL"] ?? ""),
      maxConnections: connections,
      applicationName: "accessa bench load",
      as: "login"
    }))
  )

export const database = Command.make(
  "database",
  {
    ...comparedFlags,
    connections: Flag.Int("connections").pipe(Flag.withDefault(4)),
    documents: Flag.Int("documents").pipe(Flag.withDefault(100))
  },
  Effect.fn("bench.database")(function*({ connections, documents, ...flags }) {
    yield* requireServer
    const url = yield* embeddingsUrl
    const folder = yield* makeDocuments(documents, 10_000)
    yield* compareWithRecorded({
      ...flags,
      name: `database, ${documents} documents, ${connections} busy connections`,
      run: Effect.map(
        runChild("bench/ingestPipeline.ts", folder, { OPENAI_API_URL: url }, { beside: load(connections) }),
        ({ wall_s }) => 1_000 * wall_s
      )
    })
  }, Effect.scoped)
)
