/**
 * A stack like production, on this machine's network address: Postgres with TLS behind a pooler with TLS, a storage with access
 * control, the API behind a TLS proxy, two workers, a monitor, and the mock providers behind TLS proxies.
 */
import { PgClient } from "@effect/sql-pg"
import { Config, Context, Effect, Layer, Redacted, Schema, Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { spawn } from "node:child_process"
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cwd, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"
import { localUserId } from "../../src/domain/Ids.ts"
import { freePort } from "../faults/PostgresPlace.ts"
import { startPostgres } from "../faults/PostgresServer.ts"
import { type Process, type Program, startProcess } from "../faults/Process.ts"
import { startPgbouncer } from "../poolers/Pgbouncer.ts"
import { testLogin } from "../support/databases/SupabaseLike.ts"
import { serveSupabase } from "../support/stubs/SupabaseStub.ts"
import { makeAuthority } from "./Authority.ts"
import { lowPorts } from "./lowPorts.ts"
import type { Place } from "./needed.ts"
import { startTlsProxy } from "./TlsProxy.ts"

const release = "0.1.0+abc1234"
const secret = (name: string) => `${name}-`.repeat(12)

const start = Effect.fnUntraced(function*(place: Place) {
  const { address } = place
  const scope = yield* Scope.Scope
  const directory = yield* Effect.acquireRelease(
    // In the repository, where the configuration file is looked for secrets around it.
    Effect.sync(() => mkdtempSync(join(cwd(), ".accessa-validate-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const authority = makeAuthority(directory)
  const certificate = authority.issue(address, 90)

  const server = yield* startPostgres(place.postgres, yield* freePort)
  const superuser = yield* PgClient.make({ url: Redacted.make(server.url), maxConnections: 1 })
  yield* encrypt(superuser, authority.issue("127.0.0.1", 90))
  yield* superuser`CREATE ROLE ${superuser(testLogin)} LOGIN NOINHERIT`
  const pooled = yield* startPgbouncer(place.pgbouncer, server.url, { mode: "session", address, tls: certificate })
  const login = new URL(pooled)
  login.username = testLogin
  login.searchParams.set("sslmode", "require")

  const [api, monitor, workerA, workerB, llamaparsePort, openaiPort] = yield* lowPorts(6)
  const local = (port: number | undefined) => new URL(`http://127.0.0.1:${port}`)
  const serviceRoleKey = secret("service-role")
  const supabase = yield* serveSupabase({ key: serviceRoleKey, prefix: "/storage/v1" })
  const proxy = (target: URL) => startTlsProxy(address, target, certificate)
  const proxies = {
    api: yield* proxy(local(api)),
    storage: yield* proxy(supabase.url),
    parser: yield* proxy(local(llamaparsePort)),
    embeddings: yield* proxy(local(openaiPort))
  }

  const base = { PATH: yield* Config.String("PATH"), HOME: directory, NODE_EXTRA_CA_CERTS: authority.file }
  const env: Readonly<Record<string, string>> = {
    ...base,
    ACCESSA_ENV: "production",
    ACCESSA_VERSION: release,
    ACCESSA_DATA_DIR: directory,
    DATABASE_URL: login.href,
    PUBLIC_URL: proxies.api.url.href,
    API_PORT: String(api),
    MONITOR_PORT: String(monitor),
    STORAGE: "supabase",
    SUPABASE_URL: proxies.storage.url.href,
    SUPABASE_SERVICE_ROLE_KEY: serviceRoleKey,
    LLAMAPARSE_API_URL: proxies.parser.url.href,
    LLAMAPARSE_API_KEY: secret("parser"),
    OPENAI_API_URL: new URL("/v1", proxies.embeddings.url).href,
    OPENAI_API_KEY: secret("embeddings"),
    WEBHOOK_SECRETS: secret("webhooks"),
    METRICS_TOKEN: secret("metrics"),
    REQUESTS_PER_MINUTE: "100000",
    UPLOADS_PER_MINUTE: "10000"
  }
  const mocks = {
    ...base,
    MOCK_LLAMAPARSE_PORT: String(llamaparsePort),
    MOCK_OPENAI_PORT: String(openaiPort),
    MOCK_LLAMAPARSE_DELAY: "0.5",
    MOCK_OPENAI_RATE_LIMIT: "6000",
    ACCESSA_DATA_DIR: directory
  }
  const owner = { ...env, DATABASE_URL: `${server.url.replace(/\/postgres$/, "/postgres")}?sslmode=require` }
  yield* superuser`SELECT 1`
  yield* runToEnd("migrate", [], { ...owner, NODE_EXTRA_CA_CERTS: authority.file })
  yield* superuser`GRANT accessa_service, accessa_user TO ${superuser(testLogin)}`
  const key = (yield* runToEnd("admin-key", [localUserId], owner)).trim()

  const startOne = (program: Program, port: number | undefined, variables: Readonly<Record<string, string>>) =>
    startProcess({
      program,
      directory: cwd(),
      env: variables,
      logFile: join(directory, `${program}-${port}.log`),
      health: new URL("/health", local(port))
    })
  const startApi = (variables: Readonly<Record<string, string>> = {}) => startOne("api", api, { ...env, ...variables })
  const startWorker = (port: number | undefined, variables: Readonly<Record<string, string>> = {}) =>
    startOne("worker", port, { ...env, WORKER_HEALTH_PORT: String(port), ...variables })

  yield* startOne("mock-llamaparse", llamaparsePort, mocks)
  yield* startOne("mock-openai", openaiPort, mocks)
  let running: Process = yield* startApi()
  const workers: Array<Process> = [yield* startWorker(workerA), yield* startWorker(workerB)]
  yield* startOne("monitor", monitor, env)

  /** The API with other variables, for as long as the effect runs. Unset by an empty value. */
  const withApi = (variables: Readonly<Record<string, string>>) => <A, E, R>(run: Effect.Effect<A, E, R>) =>
    running.kill.pipe(
      Effect.andThen(Effect.scoped(Effect.andThen(startApi(variables), run))),
      Effect.ensuring(Effect.orDie(Effect.map(Scope.provide(startApi(), scope), (process) => {
        running = process
      })))
    )

  const expected = parse(
    yield* Effect.promise(() => import("node:fs/promises").then((fs) => fs.readFile("config/production.yaml", "utf8")))
  )
  const expectations = {
    ...expected,
    api: { ...expected.api, url: proxies.api.url.origin },
    database: { ...expected.database, hosts: [address] },
    storage: { ...expected.storage, hosts: [address] },
    parser: { ...expected.parser, hosts: [address] },
    embeddings: { ...expected.embeddings, hosts: [address] },
    baseline: join(directory, "baseline.json")
  }
  const cliEnv = { ...base, ACCESSA_API_KEY: key, ACCESSA_URL: proxies.api.url.origin }
  return {
    accessa: (parameters: ReadonlyArray<string>) => runToEnd("accessa", parameters, cliEnv),
    address,
    authority,
    certificate,
    directory,
    env,
    expectations,
    localApi: local(api),
    proxies,
    startWorker,
    superuser,
    supabase,
    withApi,
    workers,
    workerPorts: [workerA, workerB]
  }
})

/** The server reads the files as its own user. */
const encrypt = Effect.fnUntraced(
  function*(sql: PgClient.PgClient, { cert, key }: { readonly cert: string; readonly key: string }) {
    const [row] = yield* sql<{ readonly data: string }>`SELECT current_setting('data_directory') AS data`
    const data = row?.data ?? ""
    const { gid, uid } = statSync(data)
    for (const [name, text] of [["server.crt", cert], ["server.key", key]] as const) {
      writeFileSync(join(data, name), text, { mode: 0o600 })
      chownSync(join(data, name), uid, gid)
    }
    yield* sql`ALTER SYSTEM SET ssl = on`
    yield* sql`SELECT pg_reload_conf()`
  }
)

class Ended extends Schema.TaggedError<Ended>()("Ended", { code: Schema.NullOr(Schema.Int), message: Schema.String }) {}

/** Its output; fails with the exit code and what it said. */
const runToEnd = (program: string, parameters: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
  Effect.callback<string, Ended>((resume) => {
    const entry = fileURLToPath(new URL(`../../src/bin/${program}.ts`, import.meta.url))
    const child = spawn(execPath, [entry, ...parameters], { env, cwd: cwd() })
    let said = ""
    let out = ""
    child.stdout.on("data", (part) => out += part)
    child.stderr.on("data", (part) => said += part)
    child.on(
      "close",
      (code) =>
        resume(
          code === 0 || (program === "accessa" && out !== "")
            ? Effect.succeed(out)
            : Effect.fail(new Ended({ code, message: `${program}: ${said}${out}` }))
        )
    )
    return Effect.sync(() => void child.kill())
  })

export class ProductionStack extends Context.Service<ProductionStack, Effect.Success<ReturnType<typeof start>>>()(
  "accessa/test/ProductionStack"
) {
  static readonly layer = (place: Place) =>
    Layer.effect(ProductionStack, Effect.orDie(start(place))).pipe(Layer.provide(Reactivity.layer))
}
