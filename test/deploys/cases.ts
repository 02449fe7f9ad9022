/** Releases that `accessa deploy run` must promote, or catch and roll back. */
import { Effect, Schema } from "effect"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Release } from "./Stack.ts"

export interface Case {
  readonly id: string
  readonly title: string
  readonly release: Release
  /** Uploads a second. */
  readonly traffic: number
  /** Killed with -9 again and again, and started again each time. */
  readonly killed?: true
  /** Two further commands are started while the first one works. */
  readonly rivals?: true
  /** A migration that is part of the release. */
  readonly migration?: string
}

const preloaded = (file: string) => `--import=${fileURLToPath(new URL(file, import.meta.url))}`
/** Throws if there is nothing to patch: the release would be a good one. */
const patched = (file: string, from: string, to: string): Release => {
  const text = readFileSync(fileURLToPath(new URL(`../..${file}`, import.meta.url)), "utf8")
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  return { env: { NODE_OPTIONS: preloaded("patch.ts"), PATCH: JSON.stringify({ file, from, to }) } }
}
const workers = ["base-worker", "base-worker-next"]

export const cases: ReadonlyArray<Case> = [
  { id: "D1", title: "a good release, under load", release: {}, traffic: 3 },
  { id: "D2", title: "a good release whose command is killed", release: {}, traffic: 3, killed: true },
  {
    id: "D3",
    title: "no worker in the worker's container",
    release: { command: ["-e", "setInterval(() => {}, 1e6)"], only: workers },
    traffic: 1
  },
  {
    id: "D4",
    title: "workers of the old version",
    release: { env: { ACCESSA_VERSION: "0.1.0+60d0001" }, only: workers },
    traffic: 1
  },
  {
    id: "D5",
    title: "a wrong API key",
    release: { env: { OPENAI_API_KEY: "sk-wrong-key" }, only: workers },
    traffic: 1
  },
  {
    id: "D6",
    title: "a misspelled variable",
    release: { env: { OPENAI_API_KEY: "", OPENAI_API_KYE: "sk-right-key" } },
    traffic: 1
  },
  {
    id: "D7",
    title: "no route to the database",
    release: { env: { DATABASE_URL: "postgres://postgres:postgres@127.0.0.1:1/postgres" } },
    traffic: 1
  },
  {
    id: "D8",
    title: "storage denied",
    release: { env: { ACCESSA_DATA_DIR: "/dev/null/denied" }, only: workers },
    traffic: 1
  },
  {
    id: "D9",
    title: "a chunker with other ids",
    release: patched("/src/domain/Chunk.ts", "6c8a1e6e-1f0b", "7c8a1e6e-1f0b"),
    traffic: 1
  },
  {
    id: "D10",
    title: "an embedder of other dimensions",
    release: patched("/layers/Embedder/OpenAI.ts", "model.dimensions, requestId", "768, requestId"),
    traffic: 1
  },
  {
    id: "D11",
    title: "a stage that takes three times as long",
    release: patched(
      "/src/stages/vectors/vectors.ts",
      "yield* embed(run)",
      "{ const began = performance.now(); yield* embed(run); yield* Effect.sleep(2 * (performance.now() - began)) }"
    ),
    traffic: 4
  },
  { id: "D12", title: "a crash loop", release: { command: ["-e", "process.exit(1)"] }, traffic: 1 },
  {
    id: "D13",
    title: "a migration that fails half-way",
    release: {},
    traffic: 1,
    migration: "CREATE TABLE half (id int); SELECT * FROM no_such_table"
  },
  {
    id: "D14",
    title: "a memory leak",
    release: { env: { NODE_OPTIONS: `${preloaded("leak.ts")} --max-old-space-size=140` }, only: workers },
    traffic: 4
  },
  { id: "D15", title: "no traffic", release: {}, traffic: 0 },
  {
    id: "D16",
    title: "two more commands while the first one works",
    release: { env: { OPENAI_API_KEY: "", OPENAI_API_KYE: "sk-right-key" } },
    traffic: 1,
    rivals: true
  }
]

class NoSuchCase extends Schema.TaggedError<NoSuchCase>()("NoSuchCase", { message: Schema.String }) {}

/** All of them, if none is named. Fails if one does not exist: a run of no case would pass. */
export const casesNamed = (ids: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Case>, NoSuchCase> => {
  const unknown = ids.filter((id) => !cases.some((one) => one.id === id))
  if (unknown.length > 0) return Effect.fail(new NoSuchCase({ message: `There is no case ${unknown.join(", ")}.` }))
  return Effect.succeed(ids.length === 0 ? cases : ids.flatMap((id) => cases.filter((one) => one.id === id)))
}
