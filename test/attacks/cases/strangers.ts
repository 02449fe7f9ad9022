/** Attackers without access to the API: other roles of the database, and other users of the machine. */
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { count, must } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"
import { asOwner } from "../../support/databases/asOwner.ts"

/** An empty schema in which everything new is granted to public roles, as in a Supabase project. */
const generousSchema = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const to = "anon, authenticated, service_role"
  yield* asOwner(Effect.gen(function*() {
    for (const role of to.split(", ")) {
      yield* sql.unsafe(`DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
          CREATE ROLE ${role} ${role === "service_role" ? "BYPASSRLS" : ""};
        END IF;
      END $$`)
    }
    yield* sql`DROP SCHEMA public CASCADE`
    yield* sql`CREATE SCHEMA public`
    yield* sql.unsafe(`GRANT USAGE ON SCHEMA public TO ${to}`)
    for (const kind of ["TABLES", "FUNCTIONS", "SEQUENCES"]) {
      yield* sql.unsafe(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON ${kind} TO ${to}`)
    }
  }))
})

/** Whether the database let the role do it; the effects persist. */
const attempt = Effect.fnUntraced(function*(role: string, statement: string) {
  const sql = yield* SqlClient.SqlClient
  const act = sql`SET LOCAL ROLE ${sql(role)}`.pipe(Effect.andThen(sql.unsafe(statement)))
  const outcome = yield* Effect.result(asOwner(act))
  return outcome._tag === "Success" ? [`${role}: ${statement}`] : []
})

const asStranger = [
  "SELECT accessa_audit('key:forged', 'admin', NULL, 'key.create', 'api_key', 'x', NULL, NULL, NULL, NULL)",
  "SELECT * FROM accessa_open_transactions()",
  "DELETE FROM migration_files",
  "DELETE FROM effect_sql_migrations",
  "TRUNCATE api_keys",
  "TRUNCATE upload_jobs CASCADE",
  "SELECT secret_sha256 FROM api_keys"
]

/** Paths below a folder that another user of the machine can reach, and read or write. */
const reachable = (directory: string): Effect.Effect<ReadonlyArray<string>, unknown, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { mode } = yield* fs.stat(directory)
    if ((mode & 0o005) === 0) return []
    const found: Array<string> = []
    for (const name of yield* fs.readDirectory(directory)) {
      const path = join(directory, name)
      const { mode, type } = yield* fs.stat(path)
      if (type === "Directory") found.push(...(yield* reachable(path)))
      else if ((mode & 0o006) !== 0) found.push(path)
    }
    return found
  })

export const cases: ReadonlyArray<Case> = [
  {
    id: "A9",
    title: "an attacker has the public key of a database that grants everything new to the roles behind it",
    expected:
      "Nothing of ours can be read, written or called: no audit entry is forged, and no migration table is emptied.",
    minutes: 2,
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* generousSchema
      const { ask, upload } = yield* startApi()
      yield* upload("a.md", "text")
      const done = yield* Effect.forEach(
        ["anon", "authenticated", "service_role"],
        (role) => Effect.forEach(asStranger, (statement) => attempt(role, statement))
      )
      const { status } = yield* ask("/api/v1/jobs")
      const [kept] = yield* asOwner(sql<{ readonly migrations: number; readonly forged: number }>`
        SELECT (SELECT count(*) FROM migration_files)::int AS migrations,
          (SELECT count(*) FROM audit_log WHERE actor = 'key:forged')::int AS forged`)
      const jobs = yield* count("SELECT count(*) FROM upload_jobs")
      yield* must(done.flat(2).length === 0, `Allowed: ${done.flat(2).join("; ")}.`)
      yield* must(
        kept?.forged === 0 && (kept?.migrations ?? 0) > 0 && jobs === 1,
        "Something was changed nevertheless."
      )
      yield* must(status === 200, `The service's own key is answered ${status}.`)
      return `${3 * asStranger.length} attempts of three roles were refused, and nothing was changed.`
    })
  },
  {
    id: "A18",
    title:
      "another user of the machine opens the local stack's data directory, a new one and one of an earlier release",
    expected: "They can access nothing in it.",
    needs: ["linux"],
    minutes: 3,
    run: Effect.gen(function*() {
      const { directory, start, urls } = yield* World
      const fs = yield* FileSystem.FileSystem
      const home = `${directory}/home`
      // As the setup script, or a person, creates it before the stack starts.
      yield* fs.makeDirectory(home)
      yield* fs.chmod(home, 0o755)
      // Its parent folders are accessible, as in most projects.
      const settings = { ACCESSA_DATA_DIR: home, PUBLIC_URL: "http://127.0.0.1" }
      const play = Effect.scoped(Effect.gen(function*() {
        const process = yield* start("start", settings)
        const key = (yield* fs.readFileString(`${home}/local-key`)).trim()
        const body = new FormData()
        body.append("file", new Blob([`A letter, ${randomUUID()}.`]), "letter.md")
        const { status } = yield* Effect.promise(() =>
          fetch(new URL("/api/v1/documents", urls.api), {
            method: "POST",
            headers: { authorization: `Bearer ${key}` },
            body
          })
        )
        yield* must(status === 202, `The document was answered ${status}.`)
        const found = yield* reachable(home)
        yield* process.kill
        return found
      }))
      const fresh = yield* play
      yield* must(fresh.length === 0, `In a new directory ${fresh.length} files are open, such as ${fresh[0]}.`)
      for (const path of ["", ...(yield* fs.readDirectory(home, { recursive: true }))]) {
        const { type } = yield* fs.stat(`${home}/${path}`)
        yield* fs.chmod(`${home}/${path}`, type === "Directory" ? 0o755 : 0o666)
      }
      const earlier = yield* play
      yield* must(earlier.length === 0, `In an old directory ${earlier.length} files are open, such as ${earlier[0]}.`)
      return "None of the files could be accessed, even after they had been world-readable."
    })
  }
]
