import { NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { fileURLToPath } from "node:url"
import { migrate } from "../../../../layers/Postgres/schema/migrate.ts"
import { asOwner } from "../../../support/databases/asOwner.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"

// A migration imports effect, so it must be inside the project.
const cache = fileURLToPath(new URL("../../../../.cache", import.meta.url))

/** Files that each create a table, in a separate folder, and an empty database. */
const migrations = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const sql = yield* SqlClient.SqlClient
  yield* asOwner(sql`DROP TABLE IF EXISTS effect_sql_migrations, migration_files, first, second, third`)
  yield* fs.makeDirectory(cache, { recursive: true })
  const directory = yield* fs.makeTempDirectoryScoped({ directory: cache })
  const write = (name: string, statement = `CREATE TABLE ${name.slice(5)} (id int)`) =>
    fs.writeFileString(
      `${directory}/${name}.ts`,
      `import { Effect } from "effect"
      import { SqlClient } from "effect/sql"
      export default Effect.flatMap(SqlClient.SqlClient, (sql) => sql\`${statement}\`)`
    )
  yield* Effect.forEach(names, (name) => write(name))
  return { directory, write }
})

const tables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly name: string }>`
    SELECT relname AS name FROM pg_class WHERE relname IN ('first', 'second', 'third') ORDER BY relname`
  return rows.map(({ name }) => name)
})

onEachDatabase("migrations", (it) => {
  it.layer(NodeServices.layer)((it) => {
    it.effect("run in order, once, and say which ran", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* migrations(["0002_second", "0001_first"])
        yield* write("schema", "not a migration")
        assert.deepStrictEqual(yield* migrate(directory), ["0001_first", "0002_second"])
        assert.deepStrictEqual(yield* migrate(directory), [])
        yield* write("0003_third")
        assert.deepStrictEqual(yield* migrate(directory), ["0003_third"])
        assert.deepStrictEqual(yield* tables, ["first", "second", "third"])
      }))

    it.effect("run once when several start at the same time", () =>
      Effect.gen(function*() {
        const { directory } = yield* migrations(["0001_first", "0002_second"])
        const ran = yield* Effect.all(Array.from({ length: 4 }, () => migrate(directory)), { concurrency: 4 })
        assert.deepStrictEqual(ran.flat(), ["0001_first", "0002_second"])
      }))

    it.effect("leave nothing behind when one fails, and say why", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* migrations(["0001_first"])
        yield* write("0002_second", "CREATE TABLE second (id nosuchtype)")
        const error = yield* Effect.flip(migrate(directory))
        assert.include(error.message, "2_second")
        assert.include(error.message, "type \"nosuchtype\" does not exist")
        assert.deepStrictEqual(yield* tables, [])
      }))

    it.effect("say which login they need when this one lacks a right", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* migrations(["0001_first"])
        yield* write("0002_second", "DO 'BEGIN RAISE insufficient_privilege; END'")
        const { message } = yield* Effect.flip(migrate(directory))
        assert.match(
          message,
          /insufficient_privilege.* They need the login that owns the schema: run `pnpm migrate` with it\./
        )
      }))

    it.effect("say what a dump restored on another server lacks", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* migrations(["0001_first"])
        yield* write("0002_second", "GRANT SELECT ON first TO accessa_left_behind")
        const { message } = yield* Effect.flip(migrate(directory))
        assert.match(message, /role "accessa_left_behind" does not exist\. Roles belong to the server .*"Backups"/)
      }))

    it.effect("refuse a file that was changed after it had run", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* migrations(["0001_first"])
        yield* migrate(directory)
        yield* write("0001_first", "CREATE TABLE first (id bigint)")
        yield* write("0002_second")
        const error = yield* Effect.flip(migrate(directory))
        assert.include(error.message, "Migration 0001_first was changed after it had run")
        assert.deepStrictEqual(yield* tables, ["first"])
      }))

    it.effect("refuse a file that would be skipped because a later one has run", () =>
      Effect.gen(function*() {
        const { directory, write } = yield* migrations(["0001_first", "0003_third"])
        yield* migrate(directory)
        yield* write("0002_second")
        assert.include((yield* Effect.flip(migrate(directory))).message, "Migration 0002_second would never run")
      }))

    it.effect("migrations of a newer release are no obstacle", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory } = yield* migrations(["0001_first", "0002_second"])
        yield* migrate(directory)
        yield* fs.remove(`${directory}/0002_second.ts`)
        assert.deepStrictEqual(yield* migrate(directory), [])
      }))
  })
})
