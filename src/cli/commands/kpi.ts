/** `accessa kpi`: every success criterion of the project that can be measured here, with target, figure and verdict. */
import { DateTime, Effect, FileSystem, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { compareFacts } from "../../deploy/baseline/compareFacts.ts"
import { readBaseline, readDocuments } from "../../deploy/baseline/files.ts"
import { overall } from "../../deploy/CheckResult.ts"
import { kpisFromFiles } from "../../deploy/kpi/fromFiles.ts"
import { predictability, reliability, sendMany, verification } from "../../deploy/kpi/fromStack.ts"
import { Kpi } from "../../deploy/kpi/Kpi.ts"
import { kpiPage } from "../../deploy/kpi/page.ts"
import { unmeasurable } from "../../deploy/kpi/unmeasurable.ts"
import { Client } from "../client/Client.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import { Output } from "../terminal/Output.ts"
import { table } from "../terminal/table.ts"
import { file, fileFailure, measured, shared } from "./baseline/measuring.ts"

/** None failed among so many: with 95 % confidence, more than 99 % succeed. */
const enough = 300

export const kpi = Command.make("kpi", {
  ...shared,
  against: file("against", "The recorded baseline"),
  sent: Flag.Int("sent").pipe(
    Flag.withDescription(`How many documents to send for the success rate (${enough}); 0 sends none`),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_000 }))),
    Flag.withDefault(enough)
  ),
  write: Flag.String("write").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("Write them as a page, such as docs/kpi.md"),
    Flag.optional
  )
}, ({ against, documents, rounds, sent, write }) =>
  Effect.gen(function*() {
    const output = yield* Output
    const { call } = yield* Client
    const today = DateTime.formatIsoDate(yield* DateTime.now)
    const files = yield* Effect.mapError(kpisFromFiles(today), ({ message }) => unreadable(message))
    const recorded = yield* Effect.option(readBaseline(against))
    const facts = yield* measured(documents, rounds)
    const examples = sent === 0 ? [] : yield* Effect.mapError(readDocuments(documents), fileFailure)
    yield* output.note(`Sending ${sent} documents for the success rate.`)
    const many = sent === 0 ? { complete: 0, all: 0 } : yield* call((api) => sendMany(api, examples, sent))
    const compared = Option.map(recorded, (baseline) => ({
      results: compareFacts(baseline.facts, facts),
      recordedAt: baseline.recordedAt
    }))
    const kpis: ReadonlyArray<Kpi> = [
      ...files.durations,
      reliability("local development", 99, many, today),
      files.detection,
      verification(Option.getOrUndefined(compared), today),
      reliability("production", 98, many, today),
      files.recovery,
      predictability(facts.rounds, today),
      files.deployments,
      files.documentation,
      ...unmeasurable
    ]
    yield* output.record({ kpis: yield* encoded(Schema.Array(Kpi), kpis) })
    const columns = [{ title: "KPI" }, { title: "target" }, { title: "verdict" }, { title: "figure" }, {
      title: "from"
    }]
    const rows = kpis.map(({ figure, name, samples, source, target, verdict }) =>
      [name, target, verdict, figure, `${samples}; ${source}`].map((text) => ({ text }))
    )
    // Whole on any terminal: what to run next stands at the end of each line.
    for (const line of table(columns, rows, { width: Infinity, head: output.style.dim })) yield* output.print(line)
    if (Option.isSome(write)) yield* writePage(write.value, kpis)
    const verdict = overall(kpis.flatMap(({ verdict }) => verdict === "not measured" ? [] : [{ verdict }]))
    if (verdict !== "pass") return yield* notAll(verdict)
  })).pipe(
    Command.withDescription("Measure the project's success criteria on this stack; exits as `baseline compare` does")
  )

const writePage = Effect.fnUntraced(function*(file: string, kpis: ReadonlyArray<Kpi>) {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.mapError(fs.writeFileString(file, kpiPage(kpis)), ({ message }) => unreadable(message))
})

const unreadable = (message: string) =>
  failure("failed", "FILE_UNREADABLE", message, "Run it in the project's folder, and check the permissions.")

const notAll = (verdict: "fail" | "inconclusive") =>
  verdict === "fail"
    ? failure("failed", "KPI_MISSED", "A target is missed.", "See the table's `source` column.")
    : failure(
      "inconclusive",
      "KPI_INCONCLUSIVE",
      "Not every target can be judged.",
      "Run the commands in the table's `source` column."
    )
