/** The new version beside the old one: a canary service gets it first, and then a growing share of the documents. */
import { DateTime, Duration, Effect, Option } from "effect"
import { DeployPlatform } from "../../../services/DeployPlatform.ts"
import { Ids } from "../../../services/Ids.ts"
import { type ClaimShare, Releases } from "../../../services/Releases.ts"
import { DocumentId } from "../../domain/Ids.ts"
import type { RolloutShare } from "../../domain/Release.ts"
import { deployPatience, rolloutInterval, rolloutParts } from "../../policy/releases.ts"
import { overall } from "../CheckResult.ts"
import { compareVersions } from "./compareVersions.ts"
import { deaths } from "./deaths.ts"
import { obey } from "./obey.ts"
import { ReleaseStack } from "./ReleaseStack.ts"
import { inDoubt, judged, passed, ReleaseLost, Running, together, untilKnown, untilLive } from "./Running.ts"
import type { StepEffect } from "./StepEffect.ts"

export const shareClaims = Effect.fnUntraced(function*(share: Option.Option<ClaimShare>) {
  const releases = yield* Releases
  const { held } = yield* Running
  if (!(yield* releases.share(held, share))) {
    return yield* new ReleaseLost({ message: "Another command has taken the release over." })
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
  return together([live, yield* untilKnown(compared, ({ verdict }) => verdict !== "inconclusive")])
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
    const compare = Effect.map(releases.observe(held, controlSince), (jobs) =>
      compareVersions(
        jobs.filter(({ history: [first], isNew }) =>
          isNew && first !== undefined && !DateTime.isLessThan(first.createdAt, since)
        ),
        jobs.filter(({ isNew }) => !isNew)
      ))
    const end = (parts: number) => DateTime.addDuration(since, Duration.times(rolloutTime, parts))
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
          inDoubt("share", `${percent} % were in doubt for ${rolloutParts} times the step's time; ${dead.found}`)
        ])
      }
    }
  })
