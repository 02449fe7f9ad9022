/** A command that runs cases one after the other and fails if one of them fails: `pnpm faults`, `pnpm attacks`. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Layer, References, Runtime, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { resolve } from "node:path"
import { cwd, exit, platform } from "node:process"
import type { Case, Need } from "./Case.ts"
import { corpusFolder } from "./corpus.ts"
import { PostgresPlace } from "./PostgresPlace.ts"
import { type Result, runCase } from "./runCase.ts"
import { canMount } from "./smallDisk.ts"
import { Tree } from "./World.ts"

class CasesFailed extends Schema.TaggedError<CasesFailed>()("CasesFailed", { message: Schema.String }) {}

export interface Suite {
  /** Of the command: `pnpm <name>`. */
  readonly name: string
  /** Every file in them exports `cases`. */
  readonly folders: ReadonlyArray<URL>
  /** First letters of the ids, in the order in which they run. */
  readonly order: string
}

const allCases = Effect.fnUntraced(function*({ folders, order }: Suite) {
  const fs = yield* FileSystem.FileSystem
  const found: Array<Case> = []
  for (const folder of folders) {
    const files = yield* fs.readDirectory(folder.pathname)
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const module: unknown = yield* Effect.promise(() => import(new URL(file, folder).href))
      if (hasCases(module)) found.push(...module.cases)
    }
  }
  const place = (id: string) => order.indexOf(id.slice(0, 1)) * 1_000 + Number.parseInt(id.slice(1), 10)
  return found.sort((a, b) => place(a.id) - place(b.id) || a.id.localeCompare(b.id))
})

const hasCases = (module: unknown): module is { readonly cases: ReadonlyArray<Case> } =>
  typeof module === "object" && module !== null && "cases" in module && Array.isArray(module.cases)

export const runFlags = {
  seed: Flag.Int("seed").pipe(Flag.withDefault(42)),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false)),
  tree: Flag.String("tree").pipe(
    Flag.withDefault(cwd()),
    Flag.withDescription("Run against the programs of another checkout, installed like this one.")
  )
}

export const suiteCommand = (suite: Suite) =>
  Command.make(
    suite.name,
    {
      names: Argument.String("case").pipe(Argument.variadic()),
      fast: Flag.Boolean("fast").pipe(
        Flag.withDefault(false),
        Flag.withDescription("Only the subset that every test run contains.")
      ),
      list: Flag.Boolean("list").pipe(Flag.withDefault(false)),
      ...runFlags
    },
    Effect.fn(suite.name)(function*({ fast, json, list, names, seed, tree }) {
      const all = yield* allCases(suite)
      const unknown = names.filter((name) => !all.some((one) => belongs(one, name)))
      if (unknown.length > 0) return yield* new CasesFailed({ message: `There is no case ${unknown.join(", ")}.` })
      const chosen = all.filter((one) =>
        (names.length === 0 || names.some((name) => belongs(one, name))) && (!fast || one.fast === true)
      )
      if (chosen.length === 0) return yield* new CasesFailed({ message: "No case is part of every test run." })
      if (list) {
        return yield* Effect.forEach(chosen, ({ id, title }) => Console.log(`${id}\t${title}`), { discard: true })
      }
      const needServer = chosen.some(({ needs }) => needs?.includes("server"))
      const results = yield* Effect.forEach(chosen, (one) => playCase(suite.name, one, { seed, json, tree })).pipe(
        Effect.provide(needServer ? PostgresPlace.layer : PostgresPlace.shared)
      )
      const failed = results.filter(({ ok }) => ok === false).length
      if (failed > 0) return yield* new CasesFailed({ message: `${failed} of ${chosen.length} cases failed.` })
      if (!json) yield* Console.log(`${chosen.length} cases, none failed.`)
    })
  )

interface Run {
  readonly seed: number
  readonly json: boolean
  readonly tree: string
}

const playCase = Effect.fnUntraced(function*(suite: string, one: Case, { json, seed, tree }: Run) {
  const place = yield* PostgresPlace
  const corpus = yield* corpusFolder
  const unmet = (need: Need) => reasons[need](place, corpus)
  const result = yield* runCase(suite, one, seed, unmet).pipe(Effect.provideService(Tree, resolve(tree)))
  yield* Console.log(json ? JSON.stringify(result) : readable(result))
  return result
})

/** The same for a single case; fails if it does. */
export const playOne = Effect.fnUntraced(function*(suite: string, one: Case, run: Run) {
  const result = yield* playCase(suite, one, run).pipe(Effect.provide(PostgresPlace.layer))
  if (result.ok === false) return yield* new CasesFailed({ message: `${one.id} failed.` })
})

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

export const suiteServices = Layer.mergeAll(NodeServices.layer, quiet)

export const runMain = NodeRuntime.runMain({
  // If it is left to exit on its own, Node sometimes loops forever over the remains of cut connections.
  teardown: (result, onExit) =>
    Runtime.defaultTeardown(result, (code) => {
      onExit(code)
      exit(code)
    })
})
