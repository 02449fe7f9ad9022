/** The figures that a running stack gives: documents sent for the purpose, their times, and a comparison with the baseline. */
import { DateTime, Effect, Option } from "effect"
import { confidence } from "../../policy/baseline.ts"
import type { Facts } from "../baseline/Baseline.ts"
import { type ApiClient, removeLeftovers, type SentDocument, tryDocument } from "../baseline/sendDocument.ts"
import { type CheckResult, overall, type Verdict } from "../CheckResult.ts"
import { shareInterval } from "../statistics/shareInterval.ts"
import { spreadInterval } from "../statistics/spreadInterval.ts"
import { type Kpi, unjudged } from "./Kpi.ts"

const atOnce = 16

export interface Sent {
  readonly complete: number
  readonly all: number
}

/** Sends the documents again and again until so many have ended. */
export const sendMany = Effect.fn("kpi.sendMany")(
  function*(api: ApiClient, documents: ReadonlyArray<SentDocument>, wanted: number) {
    yield* removeLeftovers(api)
    const many = Array.from({ length: wanted }, (_, index) => documents.slice(index % documents.length)[0])
    const ended = yield* Effect.forEach(many.filter((each) => each !== undefined), (each) => tryDocument(api, each), {
      concurrency: atOnce
    })
    return { complete: ended.filter((isComplete) => isComplete).length, all: ended.length }
  }
)

export const reliability = (
  area: "local development" | "production",
  percent: number,
  sent: Sent,
  today: string
): Kpi => {
  const name = area === "production" ? "processing pipeline reliability" : "local pipeline reliability"
  const kpi = { area, name, target: `> ${percent} %`, source: "documents sent by `accessa kpi`" }
  if (sent.all === 0) return unjudged({ ...kpi, source: "no document was sent" })
  const { high, low } = shareInterval(sent.complete, sent.all, confidence)
  return {
    ...kpi,
    figure: `${inPercent(sent.complete / sent.all)} (at least ${inPercent(low)})`,
    samples: `${sent.all} documents`,
    verdict: 100 * low > percent ? "pass" : 100 * high < percent ? "fail" : "inconclusive",
    at: today
  }
}

const mostSpread = 0.1

export const predictability = (rounds: Facts["rounds"], today: string): Kpi => {
  const kpi = { area: "production" as const, name: "variance of processing times", target: "< 10 %" }
  const spread = spreadInterval(rounds.map(({ stagesMs }) => stagesMs["total"] ?? 0), confidence)
  const control = spreadInterval(rounds.map(({ controlMs }) => controlMs), confidence)
  return Option.match(Option.all([spread, control]), {
    onNone: () => unjudged({ ...kpi, source: `only ${rounds.length} rounds were complete` }),
    onSome: ([times, { spread: noise }]) => ({
      ...kpi,
      figure: `${inPercent(times.spread)} (${inPercent(times.low)} to ${inPercent(times.high)}); the control ${
        inPercent(noise)
      }`,
      samples: `${times.samples} rounds`,
      verdict: judgeSpread(times, noise),
      source: "documents sent by `accessa kpi`: standard deviation of the total time over its mean",
      at: today
    })
  })
}

/** Where the control spreads as much, it is the machine and not the pipeline. */
const judgeSpread = ({ high, low }: { readonly high: number; readonly low: number }, noise: number): Verdict =>
  high < mostSpread ? "pass" : low > mostSpread && noise < mostSpread ? "fail" : "inconclusive"

export const verification = (
  compared: { readonly results: ReadonlyArray<CheckResult>; readonly recordedAt: DateTime.Utc } | undefined,
  today: string
): Kpi => {
  const kpi = { area: "production" as const, name: "verification against the baseline", target: "100 %" }
  if (compared === undefined) return unjudged({ ...kpi, source: "there is no baseline: `accessa baseline record`" })
  const { recordedAt, results } = compared
  return {
    ...kpi,
    figure: `${results.filter(({ verdict }) => verdict === "pass").length} of ${results.length} checks`,
    samples: `${results.filter(({ verdict }) => verdict !== "inconclusive").length} conclusive checks`,
    verdict: overall(results),
    source: `\`accessa baseline compare\`, recorded on ${DateTime.formatIsoDate(recordedAt)}`,
    at: today
  }
}

/** Down, so that 99.96 % is not called 100 %. */
const inPercent = (share: number): string => `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`
