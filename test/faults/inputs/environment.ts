/** Settings that are missing, misspelled or contradictory, and times and counts that overflow. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { spawn } from "node:child_process"
import { cwd, execPath } from "node:process"
import { startApi } from "../api.ts"
import type { Case } from "../Case.ts"
import { must } from "../judge.ts"
import { type Settings, World } from "../World.ts"

/** The output of a process that refuses to start; it must exit on its own. */
const refusal = Effect.fnUntraced(function*(program: string, settings: Settings) {
  const { directory } = yield* World
  return yield* Effect.callback<{ readonly code: number | null; readonly said: string }>((resume) => {
    const env = { ACCESSA_DATA_DIR: directory, HOME: directory, ...settings }
    const child = spawn(execPath, [`src/bin/${program}.ts`], { cwd: cwd(), env })
    let said = ""
    child.stdout.on("data", (part) => said += part)
    child.stderr.on("data", (part) => said += part)
    child.once("exit", (code) => resume(Effect.succeed({ code, said })))
    return Effect.sync(() => void child.kill("SIGKILL"))
  }).pipe(Effect.timeoutOrElse({
    duration: "60 seconds",
    orElse: () => Effect.succeed({ code: null, said: "It started." })
  }))
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "B39",
    title: "a chunker that does not exist, and an unknown model",
    expected: "The start is refused with a list of the chunkers; the index's dimensions are not a setting.",
    run: Effect.gen(function*() {
      const { code, said } = yield* refusal("api", { CHUNKER: "markdown-structure@9" })
      yield* must(code === 1 && said.includes("CHUNKER") && said.includes("markdown-structure@1"), said.slice(-300))
      return "Refused, with the chunkers' names."
    })
  },
  {
    id: "B40",
    title: "settings that are missing, empty, quoted, misspelled, end in a line break, or have another URL scheme",
    expected:
      "The start is refused with a sentence that names the variable and, if there is one, the nearest known name.",
    run: Effect.gen(function*() {
      const rows: ReadonlyArray<readonly [settings: Settings, named: ReadonlyArray<string>]> = [
        [{ ACCESSA_ENV: "production" }, ["DATABASE_URL"]],
        [{ ACCESSA_ENV: "production", DATABASE_URL: "" }, ["DATABASE_URL"]],
        [{ OPENAI_API_KEY: "\"sk-quoted\"" }, ["OPENAI_API_KEY"]],
        [{ LLAMAPARSE_API_KEY: "llx-ended\n" }, ["LLAMAPARSE_API_KEY"]],
        [{ API_PORT: "eight" }, ["API_PORT"]],
        [{ API_PROT: "8000" }, ["API_PROT", "API_PORT"]],
        [{ DATABASE_URI: "postgres://a@127.0.0.1/b" }, ["DATABASE_URI", "DATABASE_URL"]],
        [{ LLAMAPARSE_APIKEY: "x" }, ["LLAMAPARSE_APIKEY", "LLAMAPARSE_API_KEY"]],
        [{ OPENAI_API_URL: "api.openai.com" }, ["OPENAI_API_URL"]],
        [{ STORAGE: "supabase" }, ["SUPABASE_URL"]],
        [{ STORAGE: "s3" }, ["S3_BUCKET"]],
        [{ STORAGE: "s3", S3_BUCKET: "s3://documents" }, ["S3_BUCKET"]],
        [{ STORAGE: "s3", S3_BUCKET: "documents", S3_ENDPOINT: "127.0.0.1:9000" }, ["S3_ENDPOINT"]],
        [{ STORAGE: "s3", S3_BUCKET: "documents", S3_KMS_KEY_ID: "alias/a" }, ["S3_KMS_KEY_ID", "S3_ENCRYPTION"]],
        [{ DATABASE_CONNECTIONS: "0" }, ["DATABASE_CONNECTIONS"]],
        [{ WORKER_LEASE_SECONDS: "-1" }, ["WORKER_LEASE_SECONDS"]],
        [{ MAX_UPLOAD_MB: "1e99" }, ["MAX_UPLOAD_MB"]],
        [{ DATABASE_URL: "https://db.example.com" }, ["DATABASE_URL"]],
        [{ DATABASE_URL: "postgres://a:b@[::1]:1/db" }, ["[::1]:1"]],
        [{ PARSER: "llamaParse" }, ["PARSER"]]
      ]
      for (const [settings, named] of rows) {
        const { code, said } = yield* refusal("api", settings)
        yield* must(code === 1, `${JSON.stringify(settings)} ended with ${code}: ${said.slice(-200)}`)
        for (const name of named) {
          yield* must(said.includes(name), `${JSON.stringify(settings)} does not name ${name}: ${said.slice(-300)}`)
        }
        yield* must(!/\n\s+at /.test(said), `${JSON.stringify(settings)} prints a stack: ${said.slice(-300)}`)
      }
      const { ask } = yield* startApi({ settings: { DATABASE_CONNECTIONS: "1" } })
      const { status } = yield* ask("/api/v1/jobs")
      yield* must(status === 200, `With a pool of one it answers ${status}.`)
      return `${rows.length} refusals that name the variable; a pool of one works.`
    })
  },
  {
    id: "B41",
    title: "times and counts beyond their range",
    expected: "Refused, or exact.",
    run: Effect.gen(function*() {
      const { ask, upload } = yield* startApi()
      const sql = yield* SqlClient.SqlClient
      const { body } = yield* upload("a.md", "# Policy\n\nWater damage is covered.\n")
      const path = `/api/v1/jobs/${body["job_id"]}`
      for (const wait of ["-1", "61", "1e309", "0.5"]) {
        const { status } = yield* ask(`${path}?wait=${wait}`)
        yield* must(status === 400, `wait=${wait} was answered ${status}.`)
      }
      for (const id of ["9007199254740993", "1e400", "-1"]) {
        const { status } = yield* ask(`${path}/events`, { headers: { "last-event-id": id } })
        yield* must(status === 400, `Last-Event-ID ${id} was answered ${status}.`)
      }
      yield* sql`UPDATE upload_jobs SET created_at = '9999-12-31 23:59:59.999+00' WHERE job_id = ${
        String(body["job_id"])
      }`
      const late = yield* ask(path)
      yield* must(
        late.status === 200 && late.body["created_at"] === "9999-12-31T23:59:59.999Z",
        `The last moment of 9999 is shown as ${String(late.body["created_at"])}.`
      )
      return "400 for values out of range; the last moment of 9999 is exact."
    })
  }
]
