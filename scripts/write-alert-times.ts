/** Writes docs/alert-times.md from a run: `pnpm alerts:test --json >times.jsonl; node scripts/write-alert-times.ts times.jsonl`. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { DateTime, Effect, FileSystem, Schema } from "effect"
import { argv } from "node:process"
import { Result } from "../test/faults/runCase.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Result))

const page = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const cases = new Map<string, Result>()
  for (const file of argv.slice(2)) {
    const lines = (yield* fs.readFileString(file)).split("\n").filter((line) => line.startsWith("{"))
    for (const result of yield* Effect.forEach(lines, (line) => decode(line))) cases.set(result.case, result)
  }
  const results = [...cases.values()].sort((a, b) => a.case.localeCompare(b.case, "en", { numeric: true }))
  yield* fs.writeFileString(
    "docs/alert-times.md",
    [
      "# How long alerts take",
      "",
      "Results of `pnpm alerts:test`, which causes failures in a stack of real processes. Each alert has to fire within the "
      + "time of [its rule](alerts.md), name the cause on the overview, reach a sink, and resolve without help once the failure "
      + "is repaired. The test uses rules with short times (`ALERT_RULES`, `ALERT_INTERVAL_SECONDS=1`); the times with the default "
      + "settings are in brackets. Written by `scripts/write-alert-times.ts`; do not edit.",
      "",
      "Times count from the moment at which the condition holds, in S1 and S11 from the start of the stack. A case passes if its "
      + "alert is up to 8 seconds later than expected: this includes two rounds of the monitor, each of which takes a fraction of a "
      + "second, or about two seconds if every statement takes 150 ms longer (S8), and the machine is busy with the stack itself. ERROR_BURST resolves when its five minutes are over, a refused key is tried again once a minute.",
      "",
      `Run on ${DateTime.formatIsoDate(yield* DateTime.now)}.`,
      "",
      "| case | failure | expected | seen | |",
      "|---|---|---|---|---|",
      ...results.map(({ case: id, expected, ok, seen, title }) =>
        `| ${[id, title, expected, seen, ok === null ? "skipped" : ok ? "ok" : "**failed**"].map(cell).join(" | ")} |`
      ),
      ""
    ].join("\n")
  )
})

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")

page.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
