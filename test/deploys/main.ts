/**
 * `pnpm deploy:test [--engine] [D1 …]`: releases that are good, and releases that are broken, deployed by the command. To a stack of
 * processes, which needs PostgreSQL's programs (`PG_BIN`), or to containers of the Docker engine. Prints one line of JSON a case;
 * `node scripts/write-deploy-times.ts FILE…` makes docs/deploy-times.md of them.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { argv } from "node:process"
import { postgresPrograms } from "../faults/PostgresServer.ts"
import { type Case, casesNamed } from "./cases.ts"
import { DeployStack, Ended } from "./DeployStack.ts"
import { EngineStack } from "./engine/EngineStack.ts"
import { play } from "./play.ts"

const ready = Effect.gen(function*() {
  const stack = yield* DeployStack
  yield* Effect.retry(
    Effect.filterOrFail(
      stack.accessa([
        "baseline",
        "record",
        `--out=${stack.directory}/baseline.json`,
        "--rounds=3",
        `--documents=${stack.root}/config/baseline-documents`
      ]),
      ({ code }) => code === 0,
      ({ out, said }) => new Ended({ message: `The baseline cannot be recorded: ${said}${out}` })
    ),
    { times: 20 }
  )
})

const onEngine = argv.includes("--engine")

const run = Effect.fnUntraced(function*(chosen: ReadonlyArray<Case>) {
  yield* ready
  let failed = 0
  for (const [index, one] of chosen.entries()) {
    const played = yield* play(one, index + 1)
    if (!played.ok) failed++
    yield* Console.log(JSON.stringify({ ...played, engine: onEngine }))
  }
  if (failed > 0) return yield* new Ended({ message: `${failed} of ${chosen.length} cases failed.` })
})

const stack = Effect.flatMap(
  postgresPrograms,
  (programs) =>
    onEngine
      ? Effect.succeed(EngineStack)
      : programs === undefined
      ? Effect.fail(new Ended({ message: "PostgreSQL's programs are not in PATH or PG_BIN." }))
      : Effect.succeed(DeployStack.layer({ programs }))
)

Effect.gen(function*() {
  // Before anything is built or started.
  const chosen = yield* casesNamed(argv.slice(2).filter((each) => each !== "--engine"))
  yield* Effect.provide(run(chosen), Layer.unwrap(stack))
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
