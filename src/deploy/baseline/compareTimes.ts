/** How long each stage takes, against the recorded times, in the light of the control of both runs. */
import { Duration, Option } from "effect"
import { leastDifference, toleratedSlowness } from "../../policy/baseline.ts"
import { checked } from "../checked.ts"
import { type JudgedTimes, judgeTimes, type Timed } from "../statistics/judgeTimes.ts"
import type { MedianInterval } from "../statistics/medianInterval.ts"
import type { Facts, Round } from "./Baseline.ts"
import { stageNames } from "./stages.ts"

export const compareTimes = (recorded: Facts, now: Facts) =>
  stageNames.map((stage) => compareStage(stage, recorded, now))

const compareStage = (stage: string, recorded: Facts, now: Facts) => {
  const judged = judgeTimes(
    timesOf(recorded.rounds, stage),
    timesOf(now.rounds, stage),
    Duration.toMillis(leastDifference)
  )
  const check = checked(
    "times",
    stage,
    Option.match(judged.recorded, {
      onNone: () => "the recorded time",
      onSome: (was) => `at most ${toleratedSlowness} times ${told(was)}`
    })
  )
  const found = Option.match(judged.now, {
    onNone: () => judged.because,
    onSome: (is) => `${told(is)}: ${judged.because}`
  })
  switch (judged.verdict) {
    case "pass":
      return check.pass(found, evidenceOf(judged))
    case "fail":
      return check.fail(found, repairs[stage] ?? repairs["total"] ?? "", evidenceOf(judged))
    case "inconclusive":
      return check.inconclusive(found, "Compare again, with more rounds or on a calmer machine.", evidenceOf(judged))
  }
}

const timesOf = (rounds: ReadonlyArray<Round>, stage: string): Timed => {
  const timed = rounds.filter(({ stagesMs }) => stagesMs[stage] !== undefined)
  return { times: timed.map(({ stagesMs }) => stagesMs[stage] ?? 0), control: timed.map(({ controlMs }) => controlMs) }
}

const told = ({ high, low, median, samples }: MedianInterval): string =>
  `${rounded(median)} ms (${rounded(low)} to ${rounded(high)}, ${samples} samples)`

const evidenceOf = ({ slower }: JudgedTimes): ReadonlyArray<string> =>
  Option.match(slower, {
    onNone: () => [],
    onSome: (
      { high, low }
    ) => [`the control takes ${low.toFixed(2)} to ${high.toFixed(2)} times as long as when recorded`]
  })

const rounded = (value: number): string => value < 10 ? value.toFixed(1) : value.toFixed(0)

const repairs: Readonly<Record<string, string>> = {
  submit: "Look at the parser's answers to submissions, and at how soon workers claim jobs.",
  parse: "Look at the parser: docs/runbooks, and `accessa providers`.",
  validate: "Look at the storage and at the load of the worker.",
  chunk: "Look at the database and at the load of the worker.",
  plan: "Look at the database and at the load of the worker.",
  embed: "Look at the embedding provider: docs/runbooks, and `accessa providers`.",
  prove: "Look at the database.",
  total: "Look at the stages above."
}
