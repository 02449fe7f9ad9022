/**
 * Whether something takes longer than it did, in the light of a control that was measured in the same minutes both times: where the
 * whole machine is slower, so is the control.
 */
import { Option } from "effect"
import { confidence, controlSpread, excusedSlowness, toleratedSlowness } from "../../policy/baseline.ts"
import type { Verdict } from "../CheckResult.ts"
import { type MedianInterval, medianInterval } from "./medianInterval.ts"

/** In milliseconds, one value per round, the control's in the same order. */
export interface Timed {
  readonly times: ReadonlyArray<number>
  readonly control: ReadonlyArray<number>
}

export interface JudgedTimes {
  readonly verdict: Verdict
  /** Why, in a few words. */
  readonly because: string
  readonly recorded: Option.Option<MedianInterval>
  readonly now: Option.Option<MedianInterval>
  /** The control now over the control then; above 1 the machine is slower than it was. */
  readonly slower: Option.Option<Range>
}

interface Range {
  readonly low: number
  readonly high: number
}

export const judgeTimes = (recorded: Timed, now: Timed, leastMillis: number): JudgedTimes => {
  const [then, today, controlThen, controlNow] = [recorded.times, now.times, recorded.control, now.control].map((
    each
  ) => Option.getOrUndefined(medianInterval(each, confidence)))
  const found = { recorded: Option.fromUndefinedOr(then), now: Option.fromUndefinedOr(today) }
  const unknown = (because: string) => ({
    ...found,
    verdict: "inconclusive" as const,
    because,
    slower: Option.none<Range>()
  })
  if (then === undefined || controlThen === undefined) return unknown(`${recorded.times.length} samples were recorded`)
  if (today === undefined || controlNow === undefined) return unknown(`${now.times.length} samples`)
  const slower = { low: controlNow.low / controlThen.high, high: controlNow.high / controlThen.low }
  const judged = (verdict: Verdict, because: string) => ({ ...found, verdict, because, slower: Option.some(slower) })
  const wavering = Math.max(widthOf(controlThen), widthOf(controlNow))
  const touched = wavering === 0 ? 1 : Math.min(1, Math.max(widthOf(then), widthOf(today)) / wavering)
  const longest = toleratedSlowness * then.high * excused(slower, touched) + leastMillis
  if (isNoisy(controlThen)) return judged("inconclusive", "the recorded control is too noisy")
  if (isNoisy(controlNow)) return judged("inconclusive", "the control is too noisy")
  if (today.low > longest) return judged("fail", "slower by more than the noise")
  return today.high <= toleratedSlowness * then.low * expected(slower) + leastMillis
    ? judged("pass", "not slower than tolerated")
    : judged("inconclusive", doubt(slower))
}

/**
 * What a slower machine excuses, before a time is a failure. Where the control surely shows that it is slower: all of that. Where the
 * control is only unsure: as much as the time itself is touched by what makes the control waver.
 */
const excused = ({ high, low }: Range, touched: number): number => 1 + Math.max(0, high - 1) * (low > 1 ? 1 : touched)

/** On a logarithmic scale. */
const widthOf = ({ high, low }: MedianInterval): number =>
  high === low ? 0 : low === 0 ? Infinity : Math.log(high / low)

const isNoisy = ({ high, low }: MedianInterval): boolean => high > controlSpread * low

const doubt = ({ high, low }: Range): string =>
  high < 1 / toleratedSlowness
    ? "the machine was busier when this was recorded: record again"
    : low > toleratedSlowness
    ? "everything is slower now, including the control"
    : "the noise hides whether it is slower"

/** How the time may have changed with the control, for a pass: only as much as the machine is surely slower or faster. */
const expected = ({ high, low }: Range): number => low > 1 ? Math.min(low, excusedSlowness) : Math.min(1, high)
