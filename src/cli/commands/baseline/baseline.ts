/** `accessa baseline record|compare`: what a stack is made of, how it processes documents, and how fast. */
import { DateTime, Effect, Schema } from "effect"
import { Command } from "effect/cli"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { compareFacts, unfitAsBaseline } from "../../../deploy/baseline/compareFacts.ts"
import { readBaseline, writeBaseline } from "../../../deploy/baseline/files.ts"
import { CheckResult, overall } from "../../../deploy/CheckResult.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { printChecks, tally } from "../../terminal/checkLines.ts"
import { Output } from "../../terminal/Output.ts"
import { file, fileFailure, measured, shared, usualFile } from "./measuring.ts"

const record = Command.make(
  "record",
  { ...shared, out: file("out", `Where to write it (${usualFile})`) },
  ({ documents, out, rounds }) =>
    Effect.gen(function*() {
      const output = yield* Output
      const facts = yield* measured(documents, rounds)
      const { doubts, faults } = unfitAsBaseline(facts)
      if (faults.length > 0) return yield* unfit(faults)
      yield* Effect.mapError(
        writeBaseline(out, {
          baseline: 1,
          recordedAt: yield* DateTime.now,
          commit: yield* commitHere,
          facts
        }),
        fileFailure
      )
      yield* output.record({ file: out, rounds: facts.rounds.length, documents: facts.documents.length, doubts })
      yield* output.print(
        `${output.style.green("✓")} ${out}: ${facts.documents.length} documents, ${facts.rounds.length} rounds, `
          + `${Object.keys(facts.objects).length} schema objects, ${Object.keys(facts.routes).length} routes`
      )
      for (const doubt of doubts) yield* output.note(`${output.noteStyle.yellow("?")} ${doubt}`)
    })
).pipe(Command.withDescription("Record this stack's schema, settings, processed documents and times"))

const compare = Command.make(
  "compare",
  { ...shared, against: file("against", `The recorded baseline (${usualFile})`) },
  ({ against, documents, rounds }) =>
    Effect.gen(function*() {
      const output = yield* Output
      const { url } = yield* Client
      const baseline = yield* Effect.mapError(readBaseline(against), fileFailure)
      const results = compareFacts(baseline.facts, yield* measured(documents, rounds))
      const verdict = overall(results)
      yield* output.record({
        verdict,
        url: url.href,
        against,
        recorded_at: DateTime.formatIso(baseline.recordedAt),
        checks: yield* encoded(Schema.Array(CheckResult), results)
      })
      yield* printChecks(results)
      if (verdict !== "pass") return yield* differs(verdict, tally(results), against)
      yield* output.print(`\n${output.style.green("✓")} As recorded in ${against}: ${tally(results)}.`)
    })
).pipe(
  Command.withDescription(
    "Compare this stack with a recorded baseline; exits with 1 if it differs and with 6 if that cannot be determined"
  )
)

export const baseline = Command.make("baseline").pipe(
  Command.withDescription("Record a stack as the baseline, or compare one with it"),
  Command.withSubcommands([record, compare])
)

/** Null outside a repository. */
const commitHere = Effect.gen(function*() {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const said = yield* spawner.string(ChildProcess.make("git", ["rev-parse", "--short", "HEAD"], { stderr: "ignore" }))
  return said.trim() === "" ? null : said.trim()
}).pipe(Effect.catchTag("PlatformError", () => Effect.succeed(null)))

const unfit = (faults: ReadonlyArray<string>) =>
  failure(
    "failed",
    "NOT_A_BASELINE",
    `Nothing was recorded. ${faults.join(". ")}.`,
    "See `accessa doctor`, and record again."
  )

const differs = (verdict: "fail" | "inconclusive", counted: string, against: string) =>
  verdict === "fail"
    ? failure(
      "failed",
      "BASELINE_DIFFERS",
      `This stack differs from ${against}: ${counted}.`,
      "See the lines above."
    )
    : failure(
      "inconclusive",
      "BASELINE_INCONCLUSIVE",
      `Cannot determine whether this stack matches ${against}: ${counted}.`,
      "See the lines above."
    )
