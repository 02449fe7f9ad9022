/**
 * Runs the pending migrations in one transaction. A lock makes a second process wait and find nothing to do; checksums
 * refuse to continue if an applied file has changed.
 */
import { Effect, FileSystem, Schema } from "effect"
import { Migrator, SqlClient, SqlError } from "effect/sql"
import { fromFileSystem } from "effect/sql/MigratorFileSystem"
import { sha256 } from "../../../src/domain/hash.ts"
import { searchPath } from "../connection/sessionSettings.ts"
import { closeGrants, readRights } from "./closeGrants.ts"

class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/**
 * Returns the names of those that ran. An applied migration without a file belongs to a newer release and is fine. Every
 * run, even without pending migrations, ends by revoking privileges that the migrations do not grant; the privileges of our
 * roles are read from `schema.sql`, unless that is about to be written.
 */
export const migrate = Effect.fn("Database.migrate")(
  function*(directory: string, options: { readonly writesSchema?: boolean } = {}) {
    const sql = yield* SqlClient.SqlClient
    const files = yield* readMigrations(directory)
    const rights = options.writesSchema === true ? undefined : yield* readRights(directory)
    return yield* sql.withTransaction(Effect.gen(function*() {
      // The embedded database's session is the pipeline's, which may not change the schema.
      yield* sql`SET LOCAL ROLE NONE`
      yield* sql`SET LOCAL statement_timeout = 0`
      yield* sql`SELECT pg_advisory_xact_lock(hashtextextended('accessa migrations', 0))`
      yield* sql`CREATE TABLE IF NOT EXISTS migration_files (migration_id int PRIMARY KEY, sha256 text NOT NULL)`
      const applied = yield* sql<Omit<MigrationFile, "name">>`SELECT migration_id AS id, sha256 FROM migration_files`
      const ids = applied.map(({ id }) => id)
      for (const { id, name, sha256 } of files) {
        const before = applied.find((each) => each.id === id)
        if (before !== undefined && before.sha256 !== sha256) return yield* refuse(changed(name))
        if (before === undefined && id < Math.max(0, ...ids)) return yield* refuse(late(name))
      }
      yield* placeVector
      yield* Migrator.make({})({ loader: fromFileSystem(directory) })
      const fresh = files.filter(({ id }) => !ids.includes(id))
      for (const { id, sha256 } of fresh) yield* sql`INSERT INTO migration_files VALUES (${id}, ${sha256})`
      if (files.some(({ id }) => id === closedSince)) {
        const isNewest = ids.every((id) => files.some((file) => file.id === id))
        yield* closeGrants(sql, isNewest ? rights : undefined)
      }
      return fresh.map(({ name }) => name)
    }))
  },
  Effect.mapError((error) =>
    error._tag === "MigrationFailed"
      ? error
      : new MigrationFailed({
        message: `The migrations did not run: ${explain(error)}.${adviceFor(error)}`,
        cause: error
      })
  )
)

/** Where there is a schema for extensions, as on Supabase, it is the place for pgvector. The rest follows where it is. */
const placeVector = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const schemas = yield* sql`SELECT FROM pg_namespace WHERE nspname = 'extensions'`
  if (schemas.length > 0) yield* sql`CREATE EXTENSION IF NOT EXISTS vector SCHEMA extensions`
  yield* sql`SELECT set_config('search_path', ${sql.literal(searchPath)}, true)`
})

/** Before this migration, our roles call functions through the grants to PUBLIC. */
const closedSince = 14

interface MigrationFile {
  readonly id: number
  readonly name: string
  readonly sha256: string
}

/** This release's, in their order. */
export const readMigrations = Effect.fnUntraced(function*(directory: string) {
  const fs = yield* FileSystem.FileSystem
  const files: Array<MigrationFile> = []
  for (const file of yield* fs.readDirectory(directory)) {
    const name = /^(\d+_[^.]+)\.ts$/.exec(file)?.[1]
    if (name === undefined) continue
    const text = yield* fs.readFileString(`${directory}/${file}`)
    files.push({ id: Number.parseInt(name, 10), name, sha256: sha256(text.replaceAll("\r\n", "\n")) })
  }
  return files.sort((a, b) => a.id - b.id)
})

const refuse = (message: string) => Effect.fail(new MigrationFailed({ message }))
const changed = (name: string) =>
  `Migration ${name} was changed after it had run on this database. Undo the change and write a new migration; `
  + "or, if its data is not needed, delete the database."
const late = (name: string) =>
  `Migration ${name} would never run, as a later one has run already. Give it the next number.`

const insufficientPrivilege = "42501"
const adviceFor = (error: unknown): string =>
  causesOf(error).some((each) => "code" in each && each.code === insufficientPrivilege)
    ? " They need the login that owns the schema: run `pnpm migrate` with it. With ACCESSA_ENV=local every process runs them."
    : /role "accessa_\w+" does not exist/.test(explain(error))
    ? " Roles belong to the server and are in no dump: see \"Backups\" in docs/databases.md, and restore the dump again."
    : ""

/** The innermost error has the reason; the migrator and the driver wrap it. */
const explain = (error: unknown): string => causesOf(error).map(({ message }) => message).join(": ") || String(error)

const causesOf = (error: unknown): ReadonlyArray<Error> =>
  SqlError.isSqlError(error)
    ? causesOf(error.reason.cause)
    : error instanceof Error
    ? [error, ...causesOf(error.cause)]
    : []
