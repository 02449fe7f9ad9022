/** Whether documents of the new version fail more often, or take longer, than those of the old one in the same minutes. */
import { Duration, Option } from "effect"
import type { ObservedJob } from "../../../services/Releases.ts"
import { isTerminal } from "../../domain/JobStatus.ts"
import type { ReleaseCheck } from "../../domain/Release.ts"
import { leastDifference, toleratedSlowness } from "../../policy/baseline.ts"
import { leastDocuments, rolloutConfidence, toleratedFailures } from "../../policy/releases.ts"
import { stageNames, stageTimes } from "../baseline/stages.ts"
import { type Counted, judgeShares } from "../statistics/judgeShares.ts"
import { type MedianInterval, medianInterval } from "../statistics/medianInterval.ts"
import type { shareInterval } from "../statistics/shareInterval.ts"

type Jobs = ReadonlyArray<ObservedJob>

/** `slowdown`: how many times as long the same work may take now as it did when the control was processed. */
export const compareVersions = (fresh: Jobs, control: Jobs, slowdown = 1): ReadonlyArray<ReleaseCheck> => {
  const [ours, theirs] = [fresh.filter(hasResult), control.filter(hasResult)]
  const failures = compareFailures(ours, theirs)
  return ours.length < leastDocuments || theirs.length < leastDocuments
    ? [
      // Failures beyond doubt need no more documents.
      ...(failures.verdict === "fail" ? [failures] : []),
      {
        check: "documents",
        verdict: "inconclusive",
        found:
          `${ours.length} of the new version and ${theirs.length} of the old one; ${leastDocuments} of each are needed`
      }
    ]
    : [
      failures,
      ...stageNames.flatMap((stage) => compareTimes(stage, timesOf(stage, ours), timesOf(stage, theirs), slowdown))
    ]
}

/** A job that still waits for its next attempt has one already. */
const hasResult = ({ status, troubled }: ObservedJob): boolean => troubled || isTerminal(status)

const hasFailed = ({ status, troubled }: ObservedJob): boolean => troubled || status.startsWith("failed")

const compareFailures = (fresh: Jobs, control: Jobs): ReleaseCheck => {
  const [ours, theirs] = [countedOf(fresh), countedOf(control)]
  const { control: then, now, verdict } = judgeShares(theirs, ours, {
    tolerated: toleratedFailures,
    confidence: rolloutConfidence
  })
  const found = ours.all === 0 || theirs.all === 0
    ? `${ours.all} and ${theirs.all} documents`
    : `${shareOf(ours, now)} of the new version, ${shareOf(theirs, then)} of the old one`
  return { check: "failures", verdict, found }
}

const countedOf = (jobs: Jobs): Counted => ({ failed: jobs.filter(hasFailed).length, all: jobs.length })

const shareOf = ({ all, failed }: Counted, { high, low }: ReturnType<typeof shareInterval>): string =>
  `${failed} of ${all} (${percent(low)} to ${percent(high)})`

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

const timesOf = (stage: string, jobs: Jobs): ReadonlyArray<number> =>
  jobs.flatMap((job) => hasFailed(job) ? [] : stageTimes(job.history)[stage] ?? [])

/** A stage that neither version has gone through often enough is left to the other stages. */
const compareTimes = (
  stage: string,
  fresh: ReadonlyArray<number>,
  control: ReadonlyArray<number>,
  slowdown: number
): ReadonlyArray<ReleaseCheck> => {
  const ours = Option.getOrUndefined(medianInterval(fresh, rolloutConfidence))
  const theirs = Option.getOrUndefined(medianInterval(control, rolloutConfidence))
  if (ours === undefined || theirs === undefined) {
    return stage === "total" ? [{ check: `time, ${stage}`, verdict: "inconclusive", found: "too few documents" }] : []
  }
  const least = Duration.toMillis(leastDifference)
  const longest = toleratedSlowness * theirs.high
  const isSlower = ours.low > longest + least
  const verdict = ours.low > longest * slowdown + least
    ? "fail"
    : ours.median <= toleratedSlowness * theirs.median + least
    ? "pass"
    : "inconclusive"
  return [{
    check: `time, ${stage}`,
    verdict,
    found: `${told(ours)} of the new version, ${told(theirs)} of the old one${
      isSlower && verdict === "inconclusive" ? `; ${doubtOf(slowdown)}` : ""
    }`
  }]
}

const told = ({ high, low, median, samples }: MedianInterval): string =>
  `${median.toFixed(0)} ms (${low.toFixed(0)} to ${high.toFixed(0)}, ${samples} documents)`

const doubtOf = (slowdown: number): string =>
  Number.isFinite(slowdown)
    ? `the environment itself may have become ${slowdown.toFixed(1)} times slower`
    : "it is unknown whether the environment itself has become slower"
