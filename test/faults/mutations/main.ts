/**
 * `pnpm mutations`: tests the tests. Puts one defect at a time into a copy of the tree and runs the cases that should
 * detect it there. A defect that goes undetected is a failure of the suite, and so is one whose text no longer exists.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Layer, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { cwd, execPath } from "node:process"
import { PostgresPlace } from "../PostgresPlace.ts"
import { Result } from "../runCase.ts"
import type { Mutation } from "./Mutation.ts"
import { mutations } from "./mutations.ts"

class MutationsSurvived
  extends Schema.TaggedError<MutationsSurvived>()("MutationsSurvived", { message: Schema.String })
{}

/** A copy, so that edits to the working tree do not interfere. */
const copyTree = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const tree = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-mutations-" })
  for (const entry of yield* fs.readDirectory(".")) {
    if (entry === "node_modules" || entry.startsWith(".")) continue
    yield* fs.copy(entry, `${tree}/${entry}`)
  }
  yield* fs.symlink(`${cwd()}/node_modules`, `${tree}/node_modules`)
  return tree
})

type Seen = Pick<Result, "case" | "ok" | "seen">

/** Runs each case by the suite of its name: an attack, a fault, or a test file. */
const play = Effect.fnUntraced(function*(tree: string, cases: ReadonlyArray<string>, seed: number) {
  const seen: Array<Seen> = []
  for (const [suite, isOne] of suites) {
    const names = cases.filter(isOne)
    if (names.length === 0) continue
    const output = yield* run(tree, [`test/${suite}/main.ts`, ...names, "--json", "--seed", String(seed)])
    const lines = output.split("\n").filter((line) => line.startsWith("{"))
    seen.push(...(yield* Effect.forEach(lines, (line) => decode(line))))
  }
  for (const file of cases.filter(isTestFile)) seen.push(yield* runTests(tree, file))
  return seen
})

/** `F1` names `F1` and `F1a`, as in the suites. */
const covers = (name: string, id: string): boolean =>
  name === id || (id.startsWith(name) && /^[a-z]$/.test(id.slice(name.length)))

const isTestFile = (name: string): boolean => name.endsWith(".test.ts")
const suites: ReadonlyArray<readonly [suite: string, isOne: (name: string) => boolean]> = [
  ["attacks", (name) => /^A\d/.test(name)],
  ["faults", (name) => !/^A\d/.test(name) && !isTestFile(name)]
]

const run = Effect.fnUntraced(function*(tree: string, words: ReadonlyArray<string>) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const database = yield* PostgresPlace
  return yield* spawner.string(ChildProcess.make(execPath, words, {
    cwd: tree,
    // For test files; the suites start or find a server on their own.
    env: database === undefined ? {} : { DATABASE_URL: database.url },
    extendEnv: true,
    stderr: "ignore"
  }))
})
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Result))

const runTests = Effect.fnUntraced(function*(tree: string, file: string) {
  const fs = yield* FileSystem.FileSystem
  const report = `${tree}/tests.json`
  yield* run(tree, ["node_modules/vitest/vitest.mjs", "run", file, "--reporter=json", `--outputFile=${report}`])
  const { testResults } = yield* decodeTests(yield* fs.readFileString(report))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const red = tests.find(({ status }) => status === "failed")
  const seen: Seen = {
    case: file,
    ok: red === undefined && tests.some(({ status }) => status === "passed"),
    seen: red?.fullName ?? `${tests.length} tests, none failed.`
  }
  return seen
})
const decodeTests = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({
  testResults: Schema.Array(Schema.Struct({
    assertionResults: Schema.Array(Schema.Struct({ fullName: Schema.String, status: Schema.String }))
  }))
})))

/** A process that does not start proves nothing about the case. */
const brokeDown = /ended with \d|is not ready/

const judge = Effect.fnUntraced(function*(tree: string, mutation: Mutation, seed: number) {
  const fs = yield* FileSystem.FileSystem
  const originals = new Map<string, string>()
  for (const { file, from, to } of mutation.edits) {
    const text = yield* fs.readFileString(`${tree}/${file}`)
    if (!originals.has(file)) originals.set(file, text)
    if (text.split(from).length !== 2) return { caught: false, how: `${file} does not have this text once: ${from}` }
    yield* fs.writeFileString(`${tree}/${file}`, text.replace(from, () => to))
  }
  const results = yield* play(tree, mutation.cases, seed).pipe(
    // A tree that cannot be restored would affect every mutation after this one.
    Effect.ensuring(
      Effect.forEach(originals, ([file, text]) => fs.writeFileString(`${tree}/${file}`, text)).pipe(Effect.orDie)
    )
  )
  const red = results.find((result) => result.ok === false)
  if (red === undefined) return { caught: false, how: `green: ${results.map(({ seen }) => seen).join(" ")}` }
  return brokeDown.test(red.seen)
    ? { caught: false, how: `It does not run: ${red.seen}` }
    : { caught: true, how: `${red.case}: ${red.seen}` }
})

Command.make(
  "mutations",
  {
    only: Argument.String("words of a name").pipe(Argument.variadic()),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false)),
    seed: Flag.Int("seed").pipe(Flag.withDefault(42))
  },
  Effect.fn("mutations")(function*({ json, only, seed }) {
    const chosen = mutations.filter(({ name }) => only.every((word) => name.includes(word)))
    if (chosen.length === 0) return yield* new MutationsSurvived({ message: "No mutation's name has these words." })
    const tree = yield* copyTree
    const cases = [...new Set(chosen.flatMap((mutation) => mutation.cases))]
    const healthy = yield* play(tree, cases, seed)
    const sick = healthy.filter(({ ok }) => ok !== true)
    for (const result of sick) yield* Console.log(`! ${result.case} does not pass without a mutation: ${result.seen}`)
    let survived = 0
    let unjudged = 0
    for (const mutation of chosen) {
      const fit = mutation.cases.filter((name) => !sick.some((result) => covers(name, result.case)))
      if (fit.length === 0) {
        unjudged++
        yield* Console.log(`? not judged: ${mutation.name}`)
        continue
      }
      const { caught, how } = yield* judge(tree, { ...mutation, cases: fit }, seed)
      if (!caught) survived++
      yield* Console.log(
        json
          ? JSON.stringify({ mutation: mutation.name, caught, how })
          : `${caught ? "✓ caught" : "✗ SURVIVED"}: ${mutation.name}\n    ${how}`
      )
    }
    if (survived + unjudged > 0) {
      return yield* new MutationsSurvived({
        message: `Of ${chosen.length} mutations ${survived} survived and ${unjudged} could not be judged.`
      })
    }
  }, Effect.scoped)
).pipe(
  Command.run({ version: "1" }),
  Effect.provide(Layer.mergeAll(PostgresPlace.layer, NodeServices.layer)),
  NodeRuntime.runMain
)
