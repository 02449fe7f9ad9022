/** Writes `migrations/schema.sql`: the schema after all migrations, for review. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer } from "effect"
import { fileURLToPath } from "node:url"
import { DatabasePgliteInProcess } from "../layers/Postgres/pglite/PgliteInProcess.ts"
import { describeSchema } from "../layers/Postgres/schema/describeSchema.ts"
import { migrate } from "../layers/Postgres/schema/migrate.ts"

const migrations = fileURLToPath(new URL("../migrations", import.meta.url))

const dump = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  yield* migrate(migrations, { writesSchema: true })
  yield* fs.writeFileString(`${migrations}/schema.sql`, yield* describeSchema)
})

NodeRuntime.runMain(
  dump.pipe(Effect.provide(Layer.merge(DatabasePgliteInProcess({ dataDir: "memory://" }), NodeServices.layer)))
)
