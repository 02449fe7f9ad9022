/** A stack of processes with a database server of its own, whose parts a test restarts with other variables. */
import { PgClient } from "@effect/sql-pg"
import { Config, Context, Effect, Layer, Redacted, Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cwd } from "node:process"
import { freePort } from "../faults/PostgresPlace.ts"
import { startPostgres } from "../faults/PostgresServer.ts"
import { type Process, type Program, startProcess } from "../faults/Process.ts"
import { runCli } from "../support/harness/runCli.ts"
import { lowPorts } from "../validate/lowPorts.ts"

type Variables = Readonly<Record<string, string>>
type Part = "api" | "worker" | "mock-openai"

const start = Effect.fnUntraced(function*(programs: string) {
  const scope = yield* Scope.Scope
  const directory = yield* Effect.acquireRelease(
    // In the repository, where its copies of migrations find their packages.
    Effect.sync(() => mkdtempSync(join(cwd(), ".accessa-baseline-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const server = yield* startPostgres(programs, yield* freePort)
  const superuser = yield* PgClient.make({ url: Redacted.make(server.url), maxConnections: 1 })
  const [api = 0, worker = 0, other = 0, parser = 0, embedder = 0] = yield* lowPorts(5)
  const env: Variables = {
    PATH: yield* Config.String("PATH"),
    HOME: directory,
    ACCESSA_DATA_DIR: directory,
    ACCESSA_VERSION: "0.1.0+abc1234",
    DATABASE_URL: server.url,
    API_PORT: String(api),
    WORKER_HEALTH_PORT: String(worker),
    MOCK_LLAMAPARSE_PORT: String(parser),
    MOCK_OPENAI_PORT: String(embedder),
    MOCK_LLAMAPARSE_DELAY: "0.2",
    MOCK_OPENAI_DELAY: String(embeddingSeconds),
    LLAMAPARSE_API_KEY: "llx-of-a-test",
    OPENAI_API_KEY: "sk-of-a-test"
  }
  const startOne = (program: Program, port: number, variables: Variables) =>
    startProcess({
      program,
      directory: cwd(),
      env: { ...env, ...variables },
      logFile: join(directory, `${program}-${port}.log`),
      health: new URL("/health", `http://127.0.0.1:${port}`)
    })
  const ports = { api, worker, "mock-openai": embedder }
  yield* startOne("mock-llamaparse", parser, {})
  const running = new Map<Part, Process>()
  const launch = (part: Part, variables: Variables) =>
    Effect.map(
      Scope.provide(startOne(part, ports[part], variables), scope),
      (process) => void running.set(part, process)
    )
  const end = (part: Part) =>
    Effect.suspend(() => {
      const process = running.get(part)
      return process === undefined ? Effect.void : Effect.andThen(process.signal("SIGTERM"), process.exited)
    })
  for (const part of ["mock-openai", "api", "worker"] as const) yield* launch(part, {})

  /** These parts with other variables, until the scope ends. Unset by an empty value. */
  const restarted = (parts: ReadonlyArray<Part>, variables: Variables) => {
    const restart = (changed: Variables) =>
      Effect.forEach(parts, (part) => Effect.andThen(end(part), launch(part, changed)))
    // A finalizer cannot fail, and the next case needs the stack.
    return Effect.andThen(Effect.addFinalizer(() => Effect.orDie(restart({}))), restart(variables))
  }
  // A finalizer cannot fail, and the next case needs the worker.
  const withoutWorker = Effect.acquireRelease(end("worker"), () => Effect.orDie(launch("worker", {})))
  const otherWorker = (variables: Variables) =>
    Effect.acquireRelease(
      startOne("worker", other, { ...variables, WORKER_HEALTH_PORT: String(other) }),
      (process) => Effect.andThen(process.signal("SIGTERM"), process.exited)
    )

  /** A database of its own, for a release that has one migration more. */
  const nextRelease = Effect.gen(function*() {
    yield* superuser`CREATE DATABASE next`
    const folder = join(directory, "migrations")
    cpSync("migrations", folder, { recursive: true })
    const number = Math.max(...readdirSync(folder).map((name) => Number.parseInt(name, 10) || 0)) + 1
    writeFileSync(join(folder, `${String(number).padStart(4, "0")}_next.ts`), nextMigration)
    const url = new URL(server.url)
    url.pathname = "/next"
    return { DATABASE_URL: url.href, ...patched("/layers/App/Database.ts", `"../../migrations"`, `"file://${folder}"`) }
  })

  // The API of another database has another key.
  const key = () => readFileSync(join(directory, "local-key"), "utf8").trim()
  const accessa = (...parameters: ReadonlyArray<string>) =>
    Effect.suspend(() =>
      runCli([...parameters, "--json"], { env: { ACCESSA_URL: `http://127.0.0.1:${api}`, ACCESSA_API_KEY: key() } })
    )
  return { accessa, directory, nextRelease, otherWorker, restarted, superuser, withoutWorker }
})

/** Long beside what a busy machine adds. */
export const embeddingSeconds = 1

const nextMigration = `
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.flatMap(SqlClient.SqlClient, (sql) => sql\`ALTER TABLE documents ADD COLUMN shelf text\`)
`

/** A release whose source differs in one place. */
export const patched = (file: string, from: string, to: string): Variables => {
  if (!readFileSync(`.${file}`, "utf8").includes(from)) throw new Error(`${file} has no ${from}`)
  return {
    NODE_OPTIONS: `--import=${new URL("../deploys/patch.ts", import.meta.url).pathname}`,
    PATCH: JSON.stringify({ file, from, to })
  }
}

export class RecordedStack extends Context.Service<RecordedStack, Effect.Success<ReturnType<typeof start>>>()(
  "accessa/test/RecordedStack"
) {
  static readonly layer = (programs: string) =>
    // Without its stack no case can run.
    Layer.effect(RecordedStack, Effect.orDie(start(programs))).pipe(Layer.provide(Reactivity.layer))
}
