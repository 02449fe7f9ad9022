/**
 * `pnpm deploy:test [D1 …]`: releases that are good, and releases that are broken, deployed to a stack of processes by the command. Prints one
 * line of JSON a case; `node scripts/write-deploy-times.ts FILE…` makes docs/deploy-times.md of them. Needs PostgreSQL's programs (`PG_BIN`).
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { argv } from "node:process"
import { postgresPrograms } from "../faults/PostgresServer.ts"
import { cases } from "./cases.ts"
import { DeployStack, Ended } from "./DeployStack.ts"
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
  const wanted = argv.slice(2)
  const chosen = wanted.length === 0 ? cases : wanted.flatMap((id) => cases.find((one) => one.id === id) ?? [])
  yield* ready
  let failed = 0
  for (const [index, one] of chosen.entries()) {
    const played = yield* play(one, index + 1)
    if (!played.ok) failed++
    yield* Console.log(JSON.stringify(played))
  }
  if (failed > 0) return yield* new Ended({ message: `${failed} of ${chosen.length} cases failed.` })
})

const programs = Effect.runSync(postgresPrograms)
if (programs === undefined) NodeRuntime.runMain(Effect.die("PostgreSQL's programs are not in PATH or PG_BIN."))
else {
  main.pipe(
    Effect.provide(Layer.merge(DeployStack.layer({ programs }), NodeServices.layer)),
    NodeRuntime.runMain
  )
}
