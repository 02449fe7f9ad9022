/**
 * `pnpm deploy:test [--engine] [D1 …]`: releases that are good, and releases that are broken, deployed by the command. To a stack of
 * processes, which needs PostgreSQL's programs (`PG_BIN`), or to containers of the Docker engine. Prints one line of JSON a case;
 * `node scripts/write-deploy-times.ts FILE…` makes docs/deploy-times.md of them.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { argv } from "node:process"
import { postgresPrograms } from "../faults/PostgresServer.ts"
import { cases } from "./cases.ts"
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

const main = Effect.gen(function*() {
  const wanted = argv.slice(2).filter((each) => each !== "--engine")
  const chosen = wanted.length === 0 ? cases : wanted.flatMap((id) => cases.find((one) => one.id === id) ?? [])
  yield* ready
  let failed = 0
  for (const [index, one] of chosen.entries()) {
    const played = yield* play(one, index + 1)
    if (!played.ok) failed++
    yield* Console.log(JSON.stringify({ ...played, engine: onEngine }))
  }
  if (failed > 0) return yield* new Ended({ message: `${failed} of ${chosen.length} cases failed.` })
})

const onEngine = argv.includes("--engine")
const programs = Effect.runSync(postgresPrograms)
if (onEngine) main.pipe(Effect.provide(Layer.merge(EngineStack, NodeServices.layer)), NodeRuntime.runMain)
else if (programs === undefined) NodeRuntime.runMain(Effect.die("PostgreSQL's programs are not in PATH or PG_BIN."))
else {
  main.pipe(
    Effect.provide(Layer.merge(DeployStack.layer({ programs }), NodeServices.layer)),
    NodeRuntime.runMain
  )
}
