/** The embedded database with real processes: owning the directory, joining, and surviving a kill. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { execPath, pid } from "node:process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { vi } from "vitest"
import { toServiceError } from "../../../../layers/Postgres/connection/sqlErrors.ts"
import { lockDirectory, lockHolder } from "../../../../layers/Postgres/pglite/lockDirectory.ts"
import { DatabasePglite } from "../../../../layers/Postgres/pglite/Pglite.ts"
import { migrationsDirectory } from "../../../support/databases/migrationsTemplate.ts"
import { copyPgliteTemplate } from "../../../support/databases/PgliteCopy.ts"

// Each test starts up to three processes, which a busy machine takes a minute for.
vi.setConfig({ testTimeout: 180_000 })

const holder = fileURLToPath(new URL("../../../support/databases/holdDatabase.ts", import.meta.url))
// A migration imports effect, so it must be inside the project.
const cache = fileURLToPath(new URL("../../../../.cache", import.meta.url))

/** A data directory as an earlier run left it, and migrations that add the table `written`. */
const prepared = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped({ directory: cache })
  const [dataDir, migrations] = [`${directory}/database`, `${directory}/migrations`]
  yield* copyPgliteTemplate(`${dataDir}/data`)
  yield* fs.copy(migrationsDirectory, migrations)
  yield* fs.writeFileString(
    `${migrations}/9999_written.ts`,
    `import { Effect } from "effect"
    import { SqlClient } from "effect/sql"
    export default Effect.flatMap(SqlClient.SqlClient, (sql) => Effect.andThen(
      sql\`CREATE TABLE written (at timestamptz DEFAULT now())\`,
      sql\`GRANT ALL ON written TO accessa_service\`
    ))`
  )
  return { dataDir, migrations }
})

/** Starts a process that holds the database; returns what it migrated. */
const startHolder = Effect.fnUntraced(function*({ dataDir, migrations }: Effect.Success<typeof prepared>) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(execPath, [holder, dataDir, migrations], { stdio: ["pipe", "pipe", "inherit"] })),
    (child) =>
      Effect.promise(async () => {
        child.stdin.end()
        await exited(child)
      })
  )
  const [line] = yield* Effect.promise(() =>
    Promise.race([once(createInterface(child.stdout), "line"), once(child, "exit").then(() => ["ended"])])
  )
  assert.match(line, /^holding /)
  return { child, ran: String(line).slice("holding ".length) }
})

const kill = (child: ChildProcess) =>
  Effect.promise(async () => {
    child.kill("SIGKILL")
    await exited(child)
  })

/** Its input ends. */
const close = (child: ChildProcess) =>
  Effect.promise(async () => {
    child.stdin?.end()
    await exited(child)
    assert.strictEqual(child.exitCode, 0)
  })

const exited = async (child: ChildProcess) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
}

const rows = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  return (yield* sql`SELECT * FROM written`).length
})

layer(NodeServices.layer, { excludeTestServices: true })("the embedded database", (it) => {
  // One walk, because each process and each opening of the directory takes seconds.
  it.effect("the embedded database is owned by one process, migrated once, joined by others, and loses nothing when its owner is killed or closes", () =>
    Effect.gen(function*() {
      const place = yield* prepared
      const both = yield* Effect.all([startHolder(place), startHolder(place)], { concurrency: 2 })
      assert.sameMembers(both.map(({ ran }) => ran), ["[\"9999_written\"]", "[]"])
      const ownerPid = yield* lockHolder(`${place.dataDir}/lock`)
      const [owner, joined] = both[0]?.child.pid === ownerPid ? both : both.toReversed()
      assert.strictEqual(owner?.child.pid, ownerPid)

      yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        if (joined !== undefined) yield* close(joined.child)
        assert.strictEqual(yield* rows, 2, "the owner serves others after one has left")
        if (owner !== undefined) yield* kill(owner.child)
        assert.include(toServiceError(yield* Effect.flip(rows)), { code: "DATABASE_UNAVAILABLE" })

        const next = yield* startHolder(place)
        assert.strictEqual(yield* Effect.retry(rows, Schedule.spaced("50 millis")), 3)
        assert.deepStrictEqual(yield* sql`SELECT current_user`, [{ current_user: "accessa_service" }])
        yield* close(next.child)
      }).pipe(Effect.provide(DatabasePglite(place)))
      assert.strictEqual(yield* Effect.provide(rows, DatabasePglite(place)), 3)
    }))

  it.effect("the embedded database says what to do about a directory that does not open", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const dataDir = yield* fs.makeTempDirectoryScoped()
      yield* fs.makeDirectory(`${dataDir}/data`)
      yield* fs.writeFileString(`${dataDir}/data/PG_VERSION`, "18\n")
      const error = yield* Effect.flip(Layer.build(DatabasePglite({ dataDir })))
      assert.include(error.message, `The embedded database in ${dataDir}/data failed`)
    }))
})

layer(NodeServices.layer)("a holder of the directory that does not answer", (it) => {
  it.effect("a holder of the directory that does not answer is named by its pid after a while", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const dataDir = yield* fs.makeTempDirectoryScoped()
      assert.isTrue(yield* lockDirectory(`${dataDir}/lock`))
      const start = yield* Effect.forkChild(Effect.flip(Layer.build(DatabasePglite({ dataDir }))))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(start)
      assert.include(error.message, `Process ${pid} has the embedded database in ${dataDir}/data open`)
    }))
})
