/** A stack of processes that is deployed to as to Docker Compose, with a server of its own, and the command that deploys. */
import { PgClient } from "@effect/sql-pg"
import { Config, Context, Effect, Layer, Redacted, Schema } from "effect"
import { Reactivity } from "effect/reactivity"
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cwd, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { localUserId } from "../../src/domain/Ids.ts"
import { forwardSteps } from "../../src/domain/Release.ts"
import { freePort } from "../faults/PostgresPlace.ts"
import { startPostgres } from "../faults/PostgresServer.ts"
import { startProcess } from "../faults/Process.ts"
import { lowPorts } from "../validate/lowPorts.ts"
import { startKeyGuard } from "./keyGuard.ts"
import type { Stack } from "./Stack.ts"

/** The version that is live at first. */
export const firstTag = "60d0001"
const key = "sk-right-key"
const standIn = fileURLToPath(new URL("docker.ts", import.meta.url))

/** What the command says at the end of each step, after which D2 kills it. */
const steps: ReadonlyArray<string> = forwardSteps.map((step) => `✓ ${step}:`)

export class Ended extends Schema.TaggedError<Ended>()("Ended", { message: Schema.String }) {}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly said: string
}

interface Options {
  /** Of PostgreSQL. */
  readonly programs: string
}

const start = Effect.fnUntraced(function*({ programs }: Options) {
  const root = cwd()
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(root, ".accessa-deploys-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  for (const name of ["logs", "config", "bin"]) mkdirSync(join(directory, name))
  const server = yield* startPostgres(programs, yield* freePort)
  const superuser = yield* PgClient.make({ url: Redacted.make(server.url), maxConnections: 2 })

  const [api = 0, monitor = 0, workerA = 0, workerB = 0, next = 0, parser = 0, embedder = 0] = yield* lowPorts(7)
  const guard = yield* startKeyGuard({ host: "127.0.0.1", port: embedder, keys: new Set([key]), listen: 0 })
  const at = (port: number) => `http://127.0.0.1:${port}`
  const base = { PATH: yield* Config.String("PATH"), HOME: directory, ACCESSA_DATA_DIR: directory, LOG_LEVEL: "Warn" }
  const env = {
    ...base,
    ACCESSA_ENV: "local",
    DATABASE_URL: server.url,
    PUBLIC_URL: at(api),
    API_PORT: String(api),
    API_URL: at(api),
    STORAGE: "filesystem",
    LLAMAPARSE_API_URL: at(parser),
    LLAMAPARSE_API_KEY: "llx-right-key",
    OPENAI_API_URL: `${guard.url}v1`,
    WEBHOOK_SECRETS: "links-".repeat(12),
    METRICS_TOKEN: "metrics-".repeat(6),
    WORKER_LEASE_SECONDS: "10",
    WORKER_HEARTBEAT_SECONDS: "2",
    REQUESTS_PER_MINUTE: "100000",
    UPLOADS_PER_MINUTE: "100000"
  }
  const services: Stack["services"] = {
    "api-server": { program: "api", portName: "API_PORT", ports: [api], env: {} },
    "base-worker": { program: "worker", portName: "WORKER_HEALTH_PORT", ports: [workerA, workerB], env: {} },
    "base-worker-next": { program: "worker", portName: "WORKER_HEALTH_PORT", ports: [next], env: {} },
    monitoring: { program: "monitor", portName: "MONITOR_PORT", ports: [monitor], env: {} }
  }
  /** A release that differs from this checkout: what its images do. */
  const describe = (releases: Stack["releases"]): Effect.Effect<void, Ended> =>
    Effect.sync(() =>
      writeFileSync(join(directory, "stack.json"), JSON.stringify({ root, env, services, releases } satisfies Stack))
    )
  yield* describe({})
  writeFileSync(join(directory, ".env"), `ACCESSA_TAG=${firstTag}\nOPENAI_API_KEY=${key}\n`, { mode: 0o600 })
  writeFileSync(join(directory, "bin", "docker"), `#!/bin/sh\nexec '${execPath}' '${standIn}' "$@"\n`, { mode: 0o700 })
  writeFileSync(
    join(directory, "config", "local.yaml"),
    readFileSync("config/local.yaml", "utf8").replace("http://127.0.0.1:8000", at(api)).replace(
      "baseline: config/baseline.local.json",
      `baseline: ${directory}/baseline.json`
    )
  )

  const owner = { ...env, OPENAI_API_KEY: key }
  const ran = (program: string, parameters: ReadonlyArray<string>, variables: Readonly<Record<string, string>>) =>
    runProgram(execPath, [`${root}/src/bin/${program}.ts`, ...parameters], variables, directory)
  const toEnd = (program: string, parameters: ReadonlyArray<string>) =>
    Effect.filterOrFail(
      ran(program, parameters, owner),
      ({ code }) => code === 0,
      ({ out, said }) => new Ended({ message: `${program}: ${said}${out}` })
    )
  yield* toEnd("migrate", [])
  const admin = (yield* toEnd("admin-key", [localUserId])).out.trim()
  const mock = (program: "mock-llamaparse" | "mock-openai", port: number) =>
    startProcess({
      program,
      directory: root,
      env: {
        ...base,
        MOCK_LLAMAPARSE_PORT: String(port),
        MOCK_OPENAI_PORT: String(port),
        MOCK_LLAMAPARSE_DELAY: "0.2",
        MOCK_OPENAI_DELAY: "0.2",
        MOCK_OPENAI_RATE_LIMIT: "100000"
      },
      logFile: join(directory, "logs", `${program}.log`),
      health: new URL("/health", at(port))
    })
  yield* mock("mock-llamaparse", parser)
  yield* mock("mock-openai", embedder)

  const docker = (...parameters: ReadonlyArray<string>) =>
    Effect.filterOrFail(
      runProgram(execPath, [standIn, "compose", ...parameters], { PATH: base.PATH }, directory),
      ({ code }) => code === 0,
      ({ said }) => new Ended({ message: `docker: ${said}` })
    )
  // A failure to stop must not hide the case's own result.
  yield* Effect.addFinalizer(() => Effect.ignore(docker("down"), { log: true }))
  for (const name of Object.keys(services)) yield* docker("up", "--detach", name)
  yield* docker("up", "--detach", "--no-recreate", "--scale", "base-worker=2", "base-worker")

  const environment: string = "local"
  const ofCommand: Readonly<Record<string, string>> = {
    ...owner,
    PATH: `${directory}/bin:${base.PATH}`,
    ACCESSA_URL: at(api),
    ACCESSA_API_KEY: admin
  }
  const accessa = (parameters: ReadonlyArray<string>, entry = `${root}/src/bin/accessa.ts`) =>
    runProgram(execPath, [entry, ...parameters], ofCommand, directory)
  return {
    accessa,
    admin,
    api: new URL(at(api)),
    describe,
    directory,
    environment,
    killAt: steps,
    node: execPath,
    ofCommand,
    root,
    sql: superuser
  }
})

/** Ends with the scope by `kill -9`. */
export const runProgram = (
  program: string,
  parameters: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
  directory: string
) =>
  Effect.callback<Ran>((resume) => {
    const child = spawn(program, [...parameters], { env, cwd: directory, stdio: ["ignore", "pipe", "pipe"] })
    let [out, said] = ["", ""]
    child.stdout.on("data", (part) => out += part)
    child.stderr.on("data", (part) => said += part)
    // `close` would wait for the processes it has started, which hold its output open; the last output comes just after `exit`.
    child.on("exit", (code) => setTimeout(() => resume(Effect.succeed({ code, out, said })), 50))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

export class DeployStack extends Context.Service<DeployStack, Effect.Success<ReturnType<typeof start>>>()(
  "accessa/test/deploys/DeployStack"
) {
  static readonly layer = (options: Options) =>
    Layer.effect(DeployStack, start(options)).pipe(Layer.provide(Reactivity.layer))
}
