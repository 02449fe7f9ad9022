/** Releases: a schema that changes under load, two versions side by side, and deployments that only look well. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { spawn } from "node:child_process"
import { execPath } from "node:process"
import { localUserId } from "../../../src/domain/Ids.ts"
import type { Case } from "../Case.ts"
import { accept, smallText } from "../documents.ts"
import { count, must, rowOf, untilComplete, untilCount } from "../judge.ts"
import { play } from "../mocks.ts"
import { embeddingStack, fullStack, longLease, untilStopped } from "../stack.ts"
import { Tree, World } from "../World.ts"

const versionOf = (version: string) => ({ ...longLease, ACCESSA_VERSION: version })

/** As the next release's migrations may: a column, an index, and a table. */
const expand = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(Effect.gen(function*() {
    yield* sql`ALTER TABLE upload_jobs ADD COLUMN of_next_release text NOT NULL DEFAULT ''`
    yield* sql`CREATE INDEX next_release ON upload_jobs (of_next_release)`
    yield* sql`CREATE TABLE next_release_table (job_id uuid PRIMARY KEY REFERENCES upload_jobs)`
  }))
})

const settingsOfCommand = Effect.gen(function*() {
  const { databaseUrl = "", directory, urls } = yield* World
  return {
    PATH: "",
    HOME: directory,
    DATABASE_URL: databaseUrl,
    ACCESSA_DATA_DIR: directory,
    ACCESSA_URL: urls.api.href
  }
})

const runCommand = Effect.fnUntraced(
  function*(program: string, parameters: ReadonlyArray<string>, more: Readonly<Record<string, string>> = {}) {
    const directory = yield* Tree
    const env = { ...yield* settingsOfCommand, ...more }
    return yield* Effect.callback<{ readonly code: number | null; readonly said: string }>((resume) => {
      const child = spawn(execPath, [`${directory}/src/bin/${program}.ts`, ...parameters], {
        env,
        cwd: directory,
        stdio: ["ignore", "pipe", "inherit"]
      })
      let said = ""
      child.stdout.on("data", (part) => said += part)
      child.on("close", (code) => resume(Effect.succeed({ code, said })))
      return Effect.sync(() => void child.kill("SIGKILL"))
    })
  }
)

/** What the processes of a release that lies are given. */
const lies: ReadonlyArray<readonly [lie: string, settings: Readonly<Record<string, string>>]> = [
  ["no route to the database", { DATABASE_URL: "postgres://postgres:postgres@127.0.0.1:1/postgres" }],
  ["storage denied", { ACCESSA_DATA_DIR: "/dev/null/denied" }],
  ["a key that the provider refuses", {}]
]

export const cases: ReadonlyArray<Case> = [
  {
    id: "F39",
    title: "a migration under load, workers of two versions side by side, and a rollback",
    expected: "Every document becomes complete without an attempt that failed; the old version runs on the new schema.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const old = versionOf("0.1.0+aaaaaaa")
      yield* embeddingStack(old)
      const jobs = yield* Effect.forEach(Array.from({ length: 120 }, (_, n) => n), (n) => accept(smallText(seed, n)))
      yield* untilCount("complete", "SELECT count(*) FROM upload_jobs WHERE status = 'complete'", (n) => n >= 10)
      yield* expand
      const next = yield* start("worker", versionOf("0.1.0+bbbbbbb"))
      const more = yield* Effect.forEach(
        Array.from({ length: 120 }, (_, n) => 200 + n),
        (n) => accept(smallText(seed, n))
      )
      yield* untilCount("complete", "SELECT count(*) FROM upload_jobs WHERE status = 'complete'", (n) => n >= 130)
      yield* next.signal("SIGTERM")
      yield* untilStopped(next)
      const last = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, n) => 400 + n),
        (n) => accept(smallText(seed, n))
      )
      const all = [...jobs, ...more, ...last]
      yield* Effect.forEach(all, (job) => untilComplete(job), { discard: true })
      const rows = yield* Effect.forEach(all, rowOf)
      const troubled = rows.filter(({ crash_count, retry_count }) => crash_count + retry_count > 0).length
      yield* must(troubled === 0, `${troubled} documents needed another attempt.`)
      const versions = yield* count("SELECT count(DISTINCT actor) FROM job_events WHERE actor LIKE 'worker:%'")
      yield* must(versions === 2, `${versions} workers have processed documents.`)
      return `${all.length} documents complete, by both versions, none with a second attempt.`
    })
  },
  {
    id: "F40",
    title: "deployments that look well: no worker, and workers that cannot process",
    expected: "`accessa deploy smoke` passes none of them, and passes when a worker processes documents.",
    needs: ["postgres"],
    minutes: 15,
    run: Effect.gen(function*() {
      const { start, urls } = yield* World
      const made = yield* runCommand("admin-key", [localUserId])
      const key = { ACCESSA_API_KEY: made.said.trim() }
      const { settings, worker } = yield* fullStack({ api: true, settings: longLease })
      const smoke = runCommand("accessa", ["deploy", "smoke", "--json"], key)
      const well = yield* smoke
      yield* must(well.code === 0, `A sound stack did not pass: ${well.said}`)
      yield* worker.signal("SIGTERM")
      yield* untilStopped(worker)
      const seen: Array<string> = []
      const refused = Effect.fnUntraced(function*(lie: string) {
        const { code, said } = yield* smoke
        yield* must(code !== 0 && said.includes("\"verdict\""), `${lie} passed, or nothing was judged: ${said}`)
        seen.push(`${lie}: exit code ${code}`)
      })
      yield* refused("no worker")
      for (const [lie, broken] of lies) {
        yield* Effect.scoped(Effect.gen(function*() {
          if (lie.startsWith("a key")) {
            yield* play(urls.openai, { openai: [{ on: "embeddings", times: 1_000, reply: { status: 401 } }] })
          }
          // It may refuse to start, which is well.
          yield* Effect.exit(start("worker", { ...settings, ...broken }))
          yield* refused(lie)
        }))
      }
      return seen.join("; ")
    })
  }
]
