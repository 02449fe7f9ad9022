/** The new version beside the old one: a canary service gets it first, and then a growing share of the documents. */
import { DateTime, Duration, Effect, Option, Ref, Schedule } from "effect"
import { DeployPlatform, Progress } from "../../../services/DeployPlatform.ts"
import { Ids } from "../../../services/Ids.ts"
import { type ClaimShare, Releases } from "../../../services/Releases.ts"
import { DocumentId } from "../../domain/Ids.ts"
import type { RolloutShare } from "../../domain/Release.ts"
import {
  deployPatience,
  rolloutConfidence,
  rolloutInterval,
  rolloutParts,
  speedInterval
} from "../../policy/releases.ts"
import { overall } from "../CheckResult.ts"
import { slowdownOf } from "../statistics/slowdownOf.ts"
import { compareVersions } from "./compareVersions.ts"
import { deaths } from "./deaths.ts"
import { obey } from "./obey.ts"
import { ReleaseStack } from "./ReleaseStack.ts"
import { failed, inDoubt, judged, passed, ReleaseLost, Running, together, untilKnown, untilLive } from "./Running.ts"
import type { StepEffect } from "./StepEffect.ts"

export const shareClaims = Effect.fnUntraced(function*(share: Option.Option<ClaimShare>) {
  const releases = yield* Releases
  const { held } = yield* Running
  if (!(yield* releases.share(held, share))) {
    return yield* new ReleaseLost({ message: "Another command has taken over the release." })
  }
})

/** No user's document reaches the new version before it has processed a canary just as the old one did. */
export const canary: StepEffect = Effect.gen(function*() {
  const running = yield* Running
  if (Option.isNone(running.canary)) return passed("canary", "no service gets the version first")
  const service = running.canary.value
  const { version } = running.held.release
  const platform = yield* DeployPlatform
  const stack = yield* ReleaseStack
  yield* shareClaims(Option.some({ percent: 0, documents: [] }))
  const live = yield* untilLive(service, platform.deploy(service, version), deployPatience)
  if (live.verdict !== "pass") return live
  const compared = Effect.gen(function*() {
    const mine = DocumentId.make(yield* (yield* Ids).uuid)
    yield* shareClaims(Option.some({ percent: 0, documents: [mine] }))
    return judged(yield* stack.beside(version, mine))
  })
  const result = yield* untilKnown(compared, ({ verdict }) => verdict !== "inconclusive")
  return result.verdict === "pass" ? together([live, result]) : together([...yield* howItRuns(service), result])
})

/** What the platform and the record say of the canary's process: a canary that fails may be one that crashes again and again. */
const howItRuns = Effect.fnUntraced(function*(service: string) {
  const platform = yield* DeployPlatform
  const { held } = yield* Running
  const dead = yield* deaths(held.release.startedAt)
  const [now] = yield* platform.services([service])
  const progress = now === undefined || Option.isNone(now.live)
    ? Progress.Working()
    : yield* platform.progress(service, now.live.value.deployment)
  return [
    ...(progress._tag === "Failed" ? [failed(service, progress.reason)] : []),
    ...(dead.verdict === "fail" ? [failed(dead.check, dead.found)] : [])
  ]
})

/** Fails as soon as the new version is certainly worse; passes only when its time is over. */
export const rollout = (percent: RolloutShare): StepEffect =>
  Effect.gen(function*() {
    const releases = yield* Releases
    const { canary, held, rolloutTime } = yield* Running
    if (Option.isNone(canary)) return passed("share", "no service gets the version first")
    yield* shareClaims(Option.some({ percent, documents: [] }))
    const since = yield* DateTime.now
    // At 100 percent the old version gets no documents to compare with: those of the earlier shares are used.
    const controlSince = percent === 100 ? DateTime.subtractDuration(since, Duration.times(rolloutTime, 2)) : since
    const compare = Effect.gen(function*() {
      const jobs = yield* releases.observe(held, controlSince)
      return compareVersions(
        jobs.filter(({ history: [first], isNew }) =>
          isNew && first !== undefined && !DateTime.isLessThan(first.createdAt, since)
        ),
        jobs.filter(({ isNew }) => !isNew),
        percent === 100 ? yield* slowdownBetween(controlSince, since) : 1
      )
    })
    const end = (parts: number) => DateTime.addDuration(since, Duration.times(rolloutTime, parts))
    const decide = Effect.gen(function*() {
      for (;;) {
        yield* obey
        yield* Effect.sleep(rolloutInterval)
        const dead = yield* deaths(held.release.startedAt)
        const checks = [dead, ...yield* compare]
        const verdict = overall(checks)
        const now = yield* DateTime.now
        if (verdict === "fail") return { verdict, checks }
        if (verdict === "pass" && DateTime.isGreaterThan(now, end(1))) return { verdict, checks }
        if (DateTime.isGreaterThan(now, end(rolloutParts))) {
          return together([
            { verdict, checks },
            inDoubt("share", `${percent} % were inconclusive for ${rolloutParts} times the step's time; ${dead.found}`)
          ])
        }
      }
    })
    return yield* Effect.raceFirst(decide, measureSpeed)
  })

/** Runs for as long as documents are compared. */
const measureSpeed = Effect.gen(function*() {
  const stack = yield* ReleaseStack
  const { speeds } = yield* Running
  const measured = Effect.gen(function*() {
    const millis = yield* stack.speed
    const at = yield* DateTime.now
    yield* Ref.update(speeds, (before) => [...before, { at, millis }])
  })
  // A failed measurement is logged and left out: the next one comes two seconds later.
  return yield* Effect.repeat(Effect.ignore(measured, { log: true }), Schedule.spaced(speedInterval)).pipe(
    Effect.andThen(Effect.never)
  )
})

/** Between documents that began since `then` and those that began since `now`. */
const slowdownBetween = Effect.fnUntraced(function*(then: DateTime.Utc, now: DateTime.Utc) {
  const speeds = yield* Ref.get((yield* Running).speeds)
  const between = (from: DateTime.Utc, to: DateTime.Utc) =>
    speeds.filter(({ at }) => DateTime.between(at, { minimum: from, maximum: to })).map(({ millis }) => millis)
  return slowdownOf(between(then, now), between(now, yield* DateTime.now), rolloutConfidence)
})
