/**
 * Writes docs/faults.md from runs of the fault suite: `pnpm faults --json >faults.jsonl; pnpm mutations --json
 * >mutations.jsonl; node scripts/write-faults.ts faults.jsonl mutations.jsonl`. If a case ran several times, its last run
 * counts; if the runs were on several commits, `--commit=` names them.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { DateTime, Effect, FileSystem, Schema } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { argv } from "node:process"
import { Result } from "../test/faults/runCase.ts"

const MutationResult = Schema.Struct({ mutation: Schema.String, caught: Schema.Boolean, how: Schema.String })
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Union([Result, MutationResult])))

const page = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const given = argv.find((word) => word.startsWith("--commit="))?.slice("--commit=".length)
  const commit = given ?? (yield* spawner.string(ChildProcess.make("git", ["rev-parse", "--short", "HEAD"])))
  const cases = new Map<string, Result>()
  const mutations = new Map<string, typeof MutationResult.Type>()
  for (const file of argv.slice(2).filter((word) => !word.startsWith("--"))) {
    const lines = (yield* fs.readFileString(file)).split("\n").filter((line) => line.startsWith("{"))
    for (const line of lines) {
      const result = yield* decode(line)
      if ("mutation" in result) mutations.set(result.mutation, result)
      else cases.set(result.case, result)
    }
  }
  const results = [...cases.values()].sort((a, b) => a.case.localeCompare(b.case, "en", { numeric: true }))
  const failed = results.filter(({ ok }) => ok === false).length
  const skipped = results.filter(({ ok }) => ok === null).length
  yield* fs.writeFileString(
    "docs/faults.md",
    [
      "# Faults",
      "",
      "What the service does when things break, as observed by a run of `pnpm faults`: real processes that are "
      + "killed, stopped and",
      "cut off, judged from outside by SQL (`test/faults/invariants.ts`). Written by `scripts/write-faults.ts`; do not edit.",
      "",
      `Run on commit ${commit.trim()}, ${
        DateTime.formatIsoDate(yield* DateTime.now)
      }: ${results.length} cases, ${failed} failed, ${skipped} skipped.`,
      "",
      "| case | fault | expected | seen | | s |",
      "|---|---|---|---|---|---|",
      ...results.map(({ case: id, expected, ok, seconds, seen, title }) =>
        `| ${
          [id, title, expected, seen, ok === null ? "skipped" : ok ? "ok" : "**failed**", seconds].map(cell).join(" | ")
        } |`
      ),
      "",
      "A single case: `pnpm faults CASE --seed N`; the stress loops: `pnpm faults loop kill`, `pnpm faults "
      + "loop restart`.",
      "",
      "## Mutations",
      "",
      "`pnpm mutations` puts one defect at a time into a copy of the tree; a case must detect it.",
      "",
      "| defect | detected by |",
      "|---|---|",
      ...[...mutations.values()].map(({ caught, how, mutation }) =>
        `| ${cell(mutation)} | ${caught ? cell(how) : `**survived** ${cell(how)}`} |`
      ),
      ""
    ].join("\n")
  )
})

const cell = (value: string | number): string =>
  String(value).replaceAll("|", "\\|").replaceAll(/\s+/g, " ").slice(0, 400)

page.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
