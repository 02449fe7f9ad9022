/** The stack of docker-compose.yml on a real Docker engine, under a project name and ports of its own. */
import { PgClient } from "@effect/sql-pg"
import { Config, Effect, Layer, Option, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cwd, execPath } from "node:process"
import { localUserId } from "../../../src/domain/Ids.ts"
import { lowPorts } from "../../validate/lowPorts.ts"
import { DeployStack, Ended, firstTag, runProgram } from "../DeployStack.ts"
import type { Release } from "../Stack.ts"
import { writeImage } from "./images.ts"

const files = ["docker-compose.yml", "docker-compose.gateway.yml"]
const override = "docker-compose.override.yml"
const project = "accessa-deploys"
const base = "accessa-ingestion:deploys-base"
/** Those that run between two releases: base-worker-next does not. */
const services = ["base-worker", "api-server", "gateway", "monitoring"]

/** Beside the project's own files: no limit of requests, and a provider that refuses wrong keys. */
const overrideOf = (root: string) => `
services:
  api-server: { environment: { REQUESTS_PER_MINUTE: "100000", UPLOADS_PER_MINUTE: "100000", OPENAI_API_URL: http://key-guard:8004/v1 } }
  base-worker: { environment: { OPENAI_API_URL: http://key-guard:8004/v1 } }
  base-worker-next: { environment: { OPENAI_API_URL: http://key-guard:8004/v1 } }
  key-guard:
    image: ${base}
    command: [test/deploys/engine/guard.ts]
    volumes: ["${root}/test/deploys:/app/test/deploys:ro"]
`

const start = Effect.gen(function*() {
  const root = cwd()
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(root, ".accessa-deploys-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const path = yield* Config.String("PATH")
  const host = yield* Config.option(Config.String("DOCKER_HOST"))
  const authorities = yield* Config.option(Config.String("NODE_EXTRA_CA_CERTS"))
  const home = yield* Config.String("HOME")
  const variables = {
    PATH: path,
    HOME: home,
    ...Option.isSome(host) ? { DOCKER_HOST: host.value } : {}
  }
  const program = (name: string, parameters: ReadonlyArray<string>, folder: string, env: Record<string, string>) =>
    Effect.filterOrFail(
      runProgram(name, parameters, { ...variables, ...env }, folder),
      ({ code }) => code === 0,
      ({ out, said }) => new Ended({ message: `${name} ${parameters.join(" ")}: ${said}${out}`.slice(-3_000) })
    )
  const compose = (...parameters: ReadonlyArray<string>) =>
    program("docker", ["compose", ...parameters], directory, { ACCESSA_TAG: firstTag })

  for (const file of files) cpSync(join(root, file), join(directory, file))
  cpSync(join(root, "deploy/compose"), join(directory, "deploy/compose"), { recursive: true })
  writeFileSync(join(directory, override), overrideOf(root))
  const [api = 0, parser = 0, embedder = 0, monitor = 0, postgres = 0] = yield* lowPorts(5)
  yield* program(`${root}/scripts/make-secrets.sh`, [`${directory}/.env`], root, { PATH: path })
  const secrets = Object.fromEntries(
    readFileSync(`${directory}/.env`, "utf8").split("\n").filter((line) => /^\w+=/.test(line)).map((line) => [
      line.slice(0, line.indexOf("=")),
      line.slice(line.indexOf("=") + 1)
    ])
  )
  const settings = {
    ...secrets,
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: [...files, override].join(":"),
    API_PORT: String(api),
    MOCK_LLAMAPARSE_PORT: String(parser),
    MOCK_OPENAI_PORT: String(embedder),
    MONITOR_PORT: String(monitor),
    POSTGRES_PORT: String(postgres),
    STORAGE: "filesystem",
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    LOG_LEVEL: "Warn",
    WORKER_LEASE_SECONDS: "10",
    WORKER_HEARTBEAT_SECONDS: "2",
    MOCK_LLAMAPARSE_DELAY: "0.2",
    MOCK_OPENAI_DELAY: "0.2",
    MOCK_OPENAI_RATE_LIMIT: "100000",
    ACCESSA_TAG: firstTag
  }
  writeFileSync(
    join(directory, ".env"),
    Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(""),
    { mode: 0o600 }
  )
  mkdirSync(join(directory, "config"))
  writeFileSync(
    join(directory, "config", "local.yaml"),
    readFileSync("config/docker.yaml", "utf8")
      .replace("http://127.0.0.1:8000", `http://127.0.0.1:${api}`)
      .replace("kind: supabase\n  hosts: [supabase-storage]", "kind: filesystem\n  hosts: []")
      .replace("[mock-openai]", "[key-guard]")
      .replace("config/baseline.local.json", `${directory}/baseline.json`)
  )

  const image = (tag: string, release: Release) =>
    program(
      "docker",
      ["build", "--quiet", "--tag", `accessa-ingestion:${tag}`, writeImage(directory, base, tag, release)],
      directory,
      { DOCKER_BUILDKIT: "0" }
    )
  const describe = (releases: Readonly<Record<string, Release>>) =>
    Effect.forEach(Object.entries(releases), ([tag, release]) => image(tag, release), { discard: true })
  yield* program("docker", ["compose", "build", "api-server"], root, {
    ...settings,
    ...Option.isSome(authorities) ? { NODE_EXTRA_CA_CERTS: authorities.value } : {},
    COMPOSE_FILE: "docker-compose.yml",
    ACCESSA_TAG: "deploys-base",
    ACCESSA_VERSION: `0.1.0+${firstTag}`
  })
  yield* describe({ [firstTag]: {} })

  yield* Effect.addFinalizer(() =>
    // The case has its verdict by now; containers that are left over must not change it.
    Effect.ignore(compose("--profile", "*", "down", "--volumes", "--timeout", "5"), { log: true })
  )
  const others = ["postgres", "mock-llamaparse", "mock-openai", "key-guard"]
  yield* compose("up", "--detach", "--wait", "--no-build", ...others)
  yield* compose("up", "--detach", "--wait", "--no-build", "--scale", "base-worker=2", ...services).pipe(
    Effect.catch(({ message }) =>
      Effect.flatMap(
        compose("logs", "--tail", "20"),
        ({ out }) => Effect.fail(new Ended({ message: `${message}\n${out}` }))
      )
    )
  )

  const urlOf = (user: string, name: string) =>
    `postgres://${user}:${secrets[name] ?? ""}@127.0.0.1:${postgres}/accessa`
  const owner = {
    PATH: path,
    HOME: directory,
    DATABASE_URL: urlOf("accessa_owner", "OWNER_PASSWORD"),
    STORAGE: "filesystem"
  }
  const sql = yield* PgClient.make({
    url: Redacted.make(urlOf("postgres", "POSTGRES_PASSWORD")),
    maxConnections: 2
  })
  const admin = (yield* program(execPath, [`${root}/src/bin/admin-key.ts`, localUserId], directory, {
    ...owner,
    ACCESSA_DATA_DIR: directory
  })).out.trim()
  const ofCommand = {
    ...variables,
    DATABASE_URL: owner.DATABASE_URL,
    ACCESSA_DATA_DIR: directory,
    ACCESSA_URL: `http://127.0.0.1:${api}`,
    ACCESSA_API_KEY: admin
  }
  const accessa = (parameters: ReadonlyArray<string>, entry = `${root}/src/bin/accessa.ts`) =>
    runProgram(execPath, [entry, ...parameters], ofCommand, directory)
  return DeployStack.of({
    accessa,
    admin,
    api: new URL(ofCommand.ACCESSA_URL),
    describe,
    directory,
    environment: "local",
    // In the middle of replacing containers, too.
    killAt: ["✓ canary:", "· Deploying", "✓ verify:"],
    node: execPath,
    ofCommand,
    root,
    sql
  })
})

export const EngineStack = Layer.effect(DeployStack, start).pipe(Layer.provide(Reactivity.layer))
