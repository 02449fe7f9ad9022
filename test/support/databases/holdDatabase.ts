/**
 * A process that opens the embedded database in a directory, migrates it, writes a row, says "holding" with what it migrated, and
 * stays until it is killed or its input ends.
 */
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { argv, stdin, stdout } from "node:process"
import { DatabasePglite } from "../../../layers/Postgres/pglite/Pglite.ts"
import { migrate } from "../../../layers/Postgres/schema/migrate.ts"

const [dataDir = "", migrations = ""] = argv.slice(2)

const hold = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const ran = yield* migrate(migrations)
  yield* sql`INSERT INTO written DEFAULT VALUES`
  stdout.write(`holding ${JSON.stringify(ran)}\n`)
  yield* Effect.callback<void>((resume) => {
    stdin.once("end", () => resume(Effect.void)).resume()
  })
})

await Effect.runPromise(
  hold.pipe(Effect.provide(Layer.merge(DatabasePglite({ dataDir }), NodeServices.layer)))
)
