/** The figures that need a long run: read from what the scripts and suites have written. */
import { Effect, FileSystem, Option, Schema } from "effect"
import { alertRules } from "../../domain/AlertRule.ts"
import { errorCodes } from "../../domain/ErrorCode.ts"
import { type Kpi, unjudged } from "./Kpi.ts"

const decodeRun = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ at: Schema.String, seconds: Schema.Finite }))
)

const textOf = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.readFileString(file).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone)
  )
})

const durations = [
  {
    file: ".cache/measured/setup.json",
    script: "scripts/setup-local-env.sh",
    name: "environment setup time",
    minutes: 30
  },
  { file: ".cache/measured/tests.json", script: "scripts/run-local-tests.sh", name: "test execution time", minutes: 5 }
]

const readDuration = Effect.fnUntraced(function*({ file, minutes, name, script }: (typeof durations)[number]) {
  const kpi = { area: "local development" as const, name, target: `< ${minutes} min` }
  const run = Option.flatMap(yield* textOf(file), decodeRun)
  return Option.match(run, {
    onNone: () => unjudged({ ...kpi, source: `${script} has not been run in this folder` }),
    onSome: ({ at, seconds }): Kpi => ({
      ...kpi,
      figure: `${Math.floor(seconds / 60)} min ${seconds % 60} s`,
      samples: "the last run",
      verdict: seconds < 60 * minutes ? "pass" : "fail",
      source: script,
      at: at.slice(0, 10)
    })
  })
})

interface Row {
  readonly id: string
  readonly seen: string
  readonly mark: string
}

/** The rows of a table that a suite has written, with the mark of each. */
const rowsOf = (page: string, mark: number): ReadonlyArray<Row> =>
  page.split("\n").filter((line) => line.startsWith("| ")).flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    const [, id = "", , , seen = ""] = cells
    return ["ok", "**failed**", "skipped"].includes(cells[mark] ?? "") ? [{ id, seen, mark: cells[mark] ?? "" }] : []
  })

const dateIn = (page: string): string => /^Run on .*?(\d{4}-\d{2}-\d{2})/m.exec(page)?.[1] ?? ""

/** Failures that were caused on purpose: each counts as detected if its case passed. */
const detection = (faults: string, alerts: string): Kpi => {
  const [, mutations = ""] = faults.split("\n## Mutations\n")
  const defects = mutations.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| defect"))
  const cases = [...rowsOf(faults, 5), ...rowsOf(alerts, 5)].filter(({ mark }) => mark !== "skipped")
  const detected = cases.filter(({ mark }) => mark === "ok").length
    + defects.filter((line) => !line.includes("**survived**")).length
  const all = cases.length + defects.length
  return {
    area: "local development",
    name: "critical failures detected locally",
    target: "100 %",
    figure: `${detected} of ${all}`,
    samples: `${cases.length} faults and alerts, ${defects.length} seeded defects`,
    verdict: all === 0 ? "inconclusive" : detected === all ? "pass" : "fail",
    source: "docs/faults.md, docs/alert-times.md",
    at: dateIn(faults)
  }
}

const recovery = (faults: string): Kpi => {
  const seconds = rowsOf(faults, 5).flatMap(({ seen }) =>
    [...seen.matchAll(/(\d{1,6}(?:\.\d{1,3})?) s after the kill/g)].map(([, figure]) => Number(figure))
  )
  const slowest = Math.max(0, ...seconds)
  return {
    area: "production",
    name: "recovery time",
    target: "< 5 min",
    figure: seconds.length === 0 ? "–" : `${slowest} s at most`,
    samples: `${seconds.length} cases of killed workers`,
    verdict: seconds.length === 0 ? "inconclusive" : slowest < 300 ? "pass" : "fail",
    source: "docs/faults.md (F1, F1a)",
    at: dateIn(faults)
  }
}

/** Good releases that were promoted and broken ones that were rolled back by the command alone. */
const deployments = (deploys: string): Kpi => {
  const cases = rowsOf(deploys, 11)
  const right = cases.filter(({ mark }) => mark === "ok").length
  return {
    area: "development velocity",
    name: "deployment confidence",
    target: "100 %",
    figure: `${right} of ${cases.length} releases judged correctly`,
    samples: `${cases.length} good and broken releases`,
    verdict: cases.length === 0 ? "inconclusive" : right === cases.length ? "pass" : "fail",
    source: "docs/deploy-times.md",
    at: dateIn(deploys)
  }
}

/** Every error code explained, every alert with a runbook. */
const documentation = Effect.fnUntraced(function*(today: string) {
  const errors = Option.getOrElse(yield* textOf("docs/errors.md"), () => "")
  const codes = Object.keys(errorCodes)
  const rules = Object.keys(alertRules)
  const runbooks = yield* Effect.filter(rules, (rule) => Effect.map(textOf(`docs/runbooks/${rule}.md`), Option.isSome))
  const explained = codes.filter((code) => errors.includes(`| \`${code}\` |`))
  const complete = explained.length === codes.length && runbooks.length === rules.length
  const kpi: Kpi = {
    area: "development velocity",
    name: "knowledge transfer",
    target: "complete",
    figure:
      `${explained.length} of ${codes.length} error codes explained, ${runbooks.length} of ${rules.length} alerts with a runbook`,
    samples: `${codes.length + rules.length} codes and alerts`,
    verdict: complete ? "pass" : "fail",
    source: "docs/errors.md, docs/runbooks; the exercises are in docs/training.md",
    at: today
  }
  return kpi
})

export const kpisFromFiles = Effect.fnUntraced(function*(today: string) {
  const [faults, alerts, deploys] = yield* Effect.forEach(
    ["docs/faults.md", "docs/alert-times.md", "docs/deploy-times.md"],
    (file) => Effect.map(textOf(file), Option.getOrElse(() => ""))
  )
  return {
    durations: yield* Effect.forEach(durations, readDuration),
    detection: detection(faults ?? "", alerts ?? ""),
    recovery: recovery(faults ?? ""),
    deployments: deployments(deploys ?? ""),
    documentation: yield* documentation(today)
  }
})
