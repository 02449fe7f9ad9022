/**
 * `pnpm compose:test`: the stack of docker-compose.yml on a real engine, from nothing to an upgrade under load. Takes seven
 * minutes. The cases build on each other, so the first failure ends the run.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Clock, Console, Effect, FileSystem } from "effect"
import { cwd } from "node:process"
import { Broken, type Containers, makeContainers, noEngine } from "./Containers.ts"

const up = ({ compose, services }: Containers, ...more: ReadonlyArray<string>) =>
  compose("up", "--detach", "--wait", "--wait-timeout", "300", ...more, ...services)

const expect = (holds: boolean, message: string) => holds ? Effect.void : Effect.fail(new Broken({ message }))

/** The stack must be in order, or fail naming the service and what starts it. */
const validate = ({ script }: Containers, stopped?: string) =>
  Effect.flatMap(script("validate-local-environment.sh"), ({ code, output }) =>
    stopped === undefined
      ? expect(code === 0, `The validation failed:\n${output}`)
      : expect(
        code === 1 && output.includes("✗ " + stopped.padEnd(16)) && output.includes(`docker compose up -d ${stopped}`),
        `The validation did not name ${stopped}:\n${output}`
      ))

const cases: ReadonlyArray<readonly [string, (containers: Containers) => Effect.Effect<unknown, Broken>]> = [
  ["the image is built and every service becomes healthy", (it) => Effect.andThen(it.compose("build"), up(it))],
  [
    "the example documents complete",
    (it) => Effect.andThen(it.makeKey, it.accessa("ingest", "examples/documents", "--wait", "--timeout", "3m"))
  ],
  ["the validation passes", (it) => validate(it)],
  ["it is what config/docker.yaml says, also seen from a worker", (it) =>
    Effect.gen(function*() {
      yield* it.accessa("baseline", "record", "--rounds", "1", "--out", it.baseline)
      yield* it.accessa("deploy", "validate", it.expectations)
      yield* it.accessa("deploy", "validate", it.expectations, "--from", "worker")
    })],
  ["no process of ours can write to its image or run as root", (it) =>
    Effect.gen(function*() {
      const said = yield* it.inside(
        "base-worker",
        "-e",
        `try { fs.writeFileSync("/app/x", "") } catch ({ code }) { console.log(code, process.getuid()) }`
      )
      yield* expect(said.trim().endsWith("EROFS 1000"), `It could: ${said}`)
    })],
  ["three workers become healthy and share documents", (it) =>
    Effect.gen(function*() {
      yield* up(it, "--scale", "base-worker=3")
      yield* it.underLoad(30, Effect.void)
      const states = yield* it.compose("ps", "--format", "{{.Health}}", "base-worker")
      yield* expect(states.match(/healthy/gu)?.length === 3, `The workers are: ${states}`)
    })],
  ["a killed worker loses no document", (it) =>
    it.underLoad(
      20,
      Effect.delay(
        Effect.andThen(it.compose("kill", "--signal", "KILL", "base-worker"), up(it, "--scale", "base-worker=3")),
        "2 seconds"
      )
    )],
  [
    "a restarted database loses no document",
    (it) => it.underLoad(20, Effect.delay(it.compose("restart", "postgres"), "2 seconds"))
  ],
  ["an upgrade under load loses no document", (it) =>
    Effect.gen(function*() {
      const next = {
        ...it,
        compose: it.composeWith({ ACCESSA_TAG: "compose-test-next", ACCESSA_VERSION: "0.0.0+next" })
      }
      yield* next.compose("build")
      yield* it.underLoad(60, Effect.delay(up(next), "2 seconds"))
      const said = yield* it.inside(
        "base-worker",
        "-e",
        `fetch("http://127.0.0.1:8003/health").then((it) => it.json()).then(({ version }) => console.log(version))`
      )
      yield* expect(said.includes("0.0.0+next"), `The worker still runs ${said}`)
    })],
  [
    "each stopped service fails the validation, which names it; started again, it passes",
    (it) =>
      Effect.forEach(it.services, (service) =>
        Effect.gen(function*() {
          yield* it.compose("stop", service)
          yield* validate(it, service)
          yield* up(it)
          yield* Effect.retry(validate(it), { times: 5 })
        }))
  ],
  ["documents are still there after down and up", (it) =>
    Effect.gen(function*() {
      const [job = ""] = yield* it.underLoad(1, Effect.void)
      yield* it.compose("down")
      yield* up(it)
      yield* it.completes(job)
      yield* it.accessa("search", "the ship at dawn", "--json")
      yield* validate(it)
    })]
]

Effect.gen(function*() {
  const reason = yield* noEngine
  if (reason !== undefined) return yield* Console.log(`Skipped: ${reason}.`)
  const fs = yield* FileSystem.FileSystem
  // In the checkout: the validator searches the repository of its configuration file for secrets.
  const directory = yield* fs.makeTempDirectoryScoped({ directory: cwd(), prefix: ".accessa-compose-" })
  const containers = yield* Effect.acquireRelease(
    makeContainers(directory),
    ({ compose }) => Effect.ignore(compose("down", "--volumes", "--remove-orphans"))
  )
  if (!containers.supabase) yield* Console.log("Without Supabase Storage, whose image is not here: STORAGE=filesystem.")
  if (!containers.jaeger) yield* Console.log("Without Jaeger, whose image is not here.")
  for (const [name, body] of cases) {
    const start = yield* Clock.currentTimeMillis
    yield* Effect.tapError(body(containers), ({ message }) => Console.error(`✗ ${name}\n${message}`))
    const end = yield* Clock.currentTimeMillis
    yield* Console.log(`✓ ${name} (${Math.round((end - start) / 1000)} s)`)
  }
}).pipe(Effect.scoped, Effect.provide(NodeServices.layer), NodeRuntime.runMain({ disableErrorReporting: true }))
