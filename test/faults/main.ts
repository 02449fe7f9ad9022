/** `pnpm faults`: plays the cases one after the other, and fails if one of them does. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Duration, Effect, FileSystem, Layer, References, Runtime, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { exit, platform } from "node:process"
import type { Case, Need } from "./Case.ts"
import { corpusFolder } from "./corpus.ts"
import { killLoop } from "./loops/killLoop.ts"
import { restartLoop } from "./loops/restartLoop.ts"
import { PostgresPlace } from "./PostgresPlace.ts"
import { type Result, runCase } from "./runCase.ts"
import { canMount } from "./smallDisk.ts"

class FaultsFound extends Schema.TaggedError<FaultsFound>()("FaultsFound", { message: Schema.String }) {}

const here = new URL(".", import.meta.url).pathname

const allCases = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const found: Array<Case> = []
  for (const folder of ["cases", "inputs"]) {
    const files = yield* fs.readDirectory(`${here}${folder}`)
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const module: unknown = yield* Effect.promise(() => import(`./${folder}/${file}`))
      if (hasCases(module)) found.push(...module.cases)
    }
  }
  return found.sort((a, b) => order(a.id) - order(b.id) || a.id.localeCompare(b.id))
})

const hasCases = (module: unknown): module is { readonly cases: ReadonlyArray<Case> } =>
  typeof module === "object" && module !== null && "cases" in module && Array.isArray(module.cases)

/** F before B before others, by number. */
const order = (id: string): number => "FBI".indexOf(id.slice(0, 1)) * 1_000 + Number.parseInt(id.slice(1), 10)

const faults = Command.make(
  "faults",
  {
    names: Argument.String("case").pipe(Argument.variadic()),
    fast: Flag.Boolean("fast").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Only the subset that every test run contains.")
    ),
    seed: Flag.Int("seed").pipe(Flag.withDefault(42)),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false)),
    list: Flag.Boolean("list").pipe(Flag.withDefault(false))
  },
  Effect.fn("faults")(function*({ fast, json, list, names, seed }) {
    const all = yield* allCases
    const unknown = names.filter((name) => !all.some((one) => belongs(one, name)))
    if (unknown.length > 0) return yield* new FaultsFound({ message: `There is no case ${unknown.join(", ")}.` })
    const chosen = all.filter((one) =>
      (names.length === 0 || names.some((name) => belongs(one, name))) && (!fast || one.fast === true)
    )
    if (list) return yield* Effect.forEach(chosen, ({ id, title }) => Console.log(`${id}\t${title}`), { discard: true })
    const place = yield* PostgresPlace
    const corpus = yield* corpusFolder
    const unmet = (need: Need) => reasons[need](place, corpus)
    let failed = 0
    for (const one of chosen) {
      const result = yield* runCase(one, seed, unmet)
      if (result.ok === false) failed++
      yield* Console.log(json ? JSON.stringify(result) : readable(result))
    }
    if (failed > 0) return yield* new FaultsFound({ message: `${failed} of ${chosen.length} cases failed.` })
    if (!json) yield* Console.log(`${chosen.length} cases, none failed.`)
  })
)

const loopFlags = {
  seed: Flag.Int("seed").pipe(Flag.withDefault(42)),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false)),
  documents: Flag.Int("documents").pipe(Flag.withDefault(200))
}
const seconds = (name: string, byDefault: number) =>
  Flag.Int(name).pipe(Flag.withDefault(byDefault), Flag.map(Duration.seconds))

const playOne = Effect.fnUntraced(function*(one: Case, seed: number, json: boolean) {
  const place = yield* PostgresPlace
  const corpus = yield* corpusFolder
  const result = yield* runCase(one, seed, (need) => reasons[need](place, corpus))
  yield* Console.log(json ? JSON.stringify(result) : readable(result))
  if (result.ok === false) return yield* new FaultsFound({ message: `${one.id} failed.` })
})

/** The two storms, which take minutes: `pnpm faults loop kill`, `pnpm faults loop restart`. */
const loop = Command.make("loop").pipe(Command.withSubcommands([
  Command.make(
    "kill",
    { ...loopFlags, duration: seconds("seconds", 300), every: seconds("every", 3) },
    ({ json, seed, ...options }) => playOne(killLoop(options), seed, json)
  ),
  Command.make(
    "restart",
    { ...loopFlags, duration: seconds("seconds", 120), every: seconds("every", 5) },
    ({ json, seed, ...options }) => playOne(restartLoop(options), seed, json)
  )
]))

/** `F1` names `F1` and `F1a`. */
const belongs = (one: Case, name: string): boolean =>
  one.id.toLowerCase() === name.toLowerCase() ||
  (one.id.toLowerCase().startsWith(name.toLowerCase()) && /^[a-z]$/.test(one.id.slice(name.length)))

type Place = typeof PostgresPlace.Service

const reasons: Readonly<Record<Need, (place: Place, corpus: string | undefined) => string | undefined>> = {
  postgres: (place) => place === undefined ? "needs PostgreSQL: set PG_BIN or DATABASE_URL." : undefined,
  server: (place) =>
    place?.server === undefined
      ? "needs a PostgreSQL server of its own: set PG_BIN to the folder of initdb and pg_ctl."
      : undefined,
  corpus: (_, corpus) => corpus === undefined ? "needs the corpus: set CORPUS_DIR." : undefined,
  linux: () => platform === "linux" ? undefined : "needs Linux.",
  mounts: () => canMount() ? undefined : "needs a small file system of its own: root on Linux, with the right to mount."
}

const readable = ({ case: id, expected, ok, repeat, seconds, seen, title }: Result): string =>
  ok === null
    ? `- ${id} ${title}: ${seen}`
    : `${ok ? "✓" : "✗"} ${id} ${title} (${seconds} s)\n    ${ok ? "" : `expected: ${expected}\n    `}seen: ${seen}${
      ok ? "" : `\n    repeat: ${repeat}`
    }`

const quiet = Layer.succeed(References.MinimumLogLevel, "None")

faults.pipe(
  Command.withSubcommands([loop]),
  Command.run({ version: "1" }),
  Effect.provide(Layer.mergeAll(PostgresPlace.layer, NodeServices.layer, quiet)),
  NodeRuntime.runMain({
    // Left to end by itself, Node was seen to spin for ever over what was left of cut connections.
    teardown: (result, onExit) =>
      Runtime.defaultTeardown(result, (code) => {
        onExit(code)
        exit(code)
      })
  })
)
