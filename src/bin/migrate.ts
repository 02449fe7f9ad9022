/** `pnpm migrate`: brings the database's schema up to this release. */
import { Effect } from "effect"
import { LoginDatabase, migrateDatabase } from "../../layers/App/Database.ts"
import { run } from "../process/launch.ts"

if (import.meta.main) {
  run(
    "accessa-migrate",
    migrateDatabase.pipe(
      Effect.flatMap((ran) =>
        Effect.logInfo(ran.length === 0 ? "The schema is up to date." : `Applied migrations: ${ran.join(", ")}.`)
      ),
      Effect.provide(LoginDatabase)
    )
  )
}
