/**
 * `pnpm supply-chain`: writes a software bill of materials to .cache/sbom.json, and fails if a package of it has no permissive licence or
 * a known vulnerability of a high severity. Where the registry does not answer, the vulnerabilities are skipped, and it says so.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Option, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { advisoriesOf, faultsOfBill } from "./supplyChain/judge.ts"

class Unsound extends Schema.TaggedError<Unsound>()("Unsound", { message: Schema.String }) {}

const bill = ".cache/sbom.json"

Effect.gen(function*() {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const fs = yield* FileSystem.FileSystem
  const pnpm = (...args: ReadonlyArray<string>) => spawner.string(ChildProcess.make("pnpm", args, { stderr: "ignore" }))
  yield* fs.makeDirectory(".cache", { recursive: true })
  yield* pnpm("sbom", "--sbom-format", "cyclonedx", "--prod", "--out", bill)
  const { count, faults } = yield* faultsOfBill(yield* fs.readFileString(bill))
  // Its exit code is 1 both for a vulnerability and without an answer: only a report counts.
  const audited = yield* pnpm("audit", "--prod", "--json", "--fetch-retries=0", "--fetch-timeout=5000").pipe(
    Effect.flatMap(advisoriesOf),
    Effect.option
  )
  const wrong = [...faults, ...Option.getOrElse(audited, () => [])]
  for (const each of wrong) yield* Console.error(each)
  if (wrong.length > 0) return yield* new Unsound({ message: `${wrong.length} packages are not sound.` })
  yield* Console.log(
    `Supply chain: ${count} packages in ${bill}, each with a permissive licence; ${
      Option.isNone(audited)
        ? "vulnerabilities were skipped, because the registry gave no report"
        : "none with a known vulnerability"
    }.`
  )
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
