/** `pnpm bench verdicts`: how often the comparison of two runs is right, over recorded runs of one stack on a busy machine. */
import { Console, Effect, FileSystem, Schema } from "effect"
import { Command } from "effect/cli"
import type { Verdict } from "../src/deploy/CheckResult.ts"
import { judgeTimes } from "../src/deploy/statistics/judgeTimes.ts"
import { medianOf } from "../src/deploy/statistics/medianInterval.ts"
import { atLastShare } from "./lastShare.ts"

const times = Schema.Array(Schema.Finite)
const stages = ["submit", "parse", "validate", "plan", "embed", "total"] as const
const Runs = Schema.fromJsonString(Schema.Array(Schema.Struct({
  control: times,
  submit: times,
  parse: times,
  validate: times,
  plan: times,
  embed: times,
  total: times
})))
type Runs = typeof Runs.Type

/** As `accessa baseline compare` tolerates. */
const least = 50
const factors = [1, 1.25, 1.5, 2, 3, 5, 10]

/** Each run against each other one, with the later one's stages slowed down. */
const count = (runs: Runs, factor: number, samples: number): Readonly<Record<Verdict, number>> => {
  const counted = { pass: 0, fail: 0, inconclusive: 0 }
  for (const stage of stages) {
    for (const then of runs) {
      // Where so many milliseconds are tolerated, a short stage may be any times slower.
      if (medianOf(then[stage]) < 2 * least) continue
      for (const now of runs) {
        if (then === now) continue
        const recorded = { times: then[stage], control: then.control }
        const today = {
          times: now[stage].slice(0, samples).map((time) => factor * time),
          control: now.control.slice(0, samples)
        }
        counted[judgeTimes(recorded, today, least).verdict]++
      }
    }
  }
  return counted
}

const share = (part: number, whole: number) => `${(100 * part / whole).toFixed(1)} %`

export const verdicts = Command.make("verdicts", {}, () =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const runs = yield* Schema.decodeUnknownEffect(Runs)(
      yield* fs.readFileString("test/deploy/statistics/traces.json")
    )
    yield* Console.log("| slower by | samples | comparisons | pass | inconclusive | fail |\n|---|---|---|---|---|---|")
    for (const samples of [8, 15]) {
      for (const factor of factors) {
        const { fail, inconclusive, pass } = count(runs, factor, samples)
        const all = pass + fail + inconclusive
        yield* Console.log(
          `| ${factor === 1 ? "unchanged" : `${factor} ×`} | ${samples} | ${all} | ${share(pass, all)} | ${
            share(inconclusive, all)
          } | ${share(fail, all)} |`
        )
      }
    }
    yield* Console.log(
      "\n| machine slower by | embedding slower by | control | comparisons | pass | inconclusive | fail |\n|---|---|---|---|---|---|---|"
    )
    for (const [machine, embedding] of [[1, 1], [2, 1], [10, 1], [1, 3], [1, 10], [10, 10]] as const) {
      const { blind, measured } = atLastShare(runs, machine, embedding)
      for (const [control, { fail, inconclusive, pass }] of [["documents", blind], ["and speed", measured]] as const) {
        const all = pass + fail + inconclusive
        yield* Console.log(
          `| ${machine} × | ${embedding} × | ${control} | ${all} | ${share(pass, all)} | ${
            share(inconclusive, all)
          } | ${share(fail, all)} |`
        )
      }
    }
  })).pipe(
    Command.withDescription(
      "False alarms and misses of the comparison of two runs and of two versions, over recorded times"
    )
  )
