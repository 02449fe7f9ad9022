/** `pnpm bench idle`: what workers without work cost Postgres: transactions, connections, CPU. */
import { Console, Effect, FileSystem, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import { DatabasePostgres } from "../layers/Postgres/connection/Postgres.ts"
import { emptyDatabase, printed, requireServer } from "./child.ts"
import { otherWorkers } from "./concurrent.ts"
import { whenWorkersRun } from "./ingestFolder.ts"
import { postgresCpu } from "./postgresCpu.ts"
import { workersFlag } from "./scale.ts"

/** The pool closes a connection that was idle for a minute. */
const settled = "75 seconds"

const counts = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly transactions: number; readonly connections: number }>`
    SELECT (SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()) AS transactions,
      (SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()) AS connections`
  return { transactions: 0, connections: 0, ...row, cpu: yield* postgresCpu }
})

const measure = Effect.fnUntraced(function*(workers: number, seconds: number) {
  yield* whenWorkersRun(workers)
  yield* Effect.sleep(settled)
  const before = yield* counts
  yield* Effect.sleep(`${seconds} seconds`)
  const after = yield* counts
  const spent = Option.all([before.cpu, after.cpu])
  return {
    workers,
    transactions_per_minute: Math.round(60 * (after.transactions - before.transactions) / seconds),
    connections: after.connections,
    ...Option.isNone(spent)
      ? {}
      : { postgres_ms_per_s: Math.round(1e4 * (spent.value[1] - spent.value[0]) / seconds) / 10 }
  }
})

export const idle = Command.make(
  "idle",
  {
    workers: workersFlag("1,8"),
    seconds: Flag.Int("seconds").pipe(Flag.withDefault(60))
  },
  Effect.fn("bench.idle")(function*({ seconds, workers }) {
    yield* requireServer
    for (const count of workers) yield* Console.log(yield* run(count, seconds))
  })
)

const run = Effect.fnUntraced(function*(workers: number, seconds: number) {
  const fs = yield* FileSystem.FileSystem
  const { DATABASE_URL = "" } = yield* emptyDatabase
  const environment = {
    DATABASE_URL,
    PARSER: "local",
    ACCESSA_DATA_DIR: yield* fs.makeTempDirectoryScoped({ prefix: "accessa-bench-" })
  }
  yield* printed(["src/bin/migrate.ts"], environment)
  yield* Effect.forkScoped(otherWorkers(workers)(environment))
  return yield* Effect.provide(
    measure(workers, seconds),
    DatabasePostgres({
      url: Redacted.make(DATABASE_URL),
      maxConnections: 1,
      applicationName: "accessa bench",
      as: "login"
    })
  )
}, Effect.scoped)
