/** The release that this command works on, and what its steps have in common. */
import { Context, Data, type DateTime, Duration, Effect, type Option, type Ref, Schedule, Schema } from "effect"
import { DeployPlatform, type PlatformFailed, Progress } from "../../../services/DeployPlatform.ts"
import type { HeldRelease } from "../../../services/Releases.ts"
import type { Release, ReleaseCheck, ReleaseRequest, ReleaseStepName } from "../../domain/Release.ts"
import { beginnings, progressInterval, tries, tryInterval } from "../../policy/releases.ts"
import { type CheckResult, overall, type Verdict } from "../CheckResult.ts"

/** Another command works on a release of this environment, or it is about another version. */
export class ReleaseRefused extends Data.TaggedError("ReleaseRefused")<{ readonly release: Release }> {}

/** Another command has taken over the release. */
export class ReleaseLost extends Schema.TaggedError<ReleaseLost>()("ReleaseLost", { message: Schema.String }) {}

/** A person wants it to end in another way. */
export class Asked extends Data.TaggedError("Asked")<{
  readonly request: Exclude<ReleaseRequest, "hold">
  readonly reason: string
}> {}

export interface StepResult {
  readonly verdict: Verdict
  readonly checks: ReadonlyArray<ReleaseCheck>
}

/** How long a fixed piece of work took. */
export interface Speed {
  readonly at: DateTime.Utc
  readonly millis: number
}

export class Running extends Context.Service<Running, {
  readonly held: HeldRelease
  readonly watchFor: Duration.Duration
  /** The worker service that gets the version first; without one nothing is compared side by side. */
  readonly canary: Option.Option<string>
  /** How long each share of the documents lasts. */
  readonly rolloutTime: Duration.Duration
  /** What this command has measured of the environment's speed so far. */
  readonly speeds: Ref.Ref<ReadonlyArray<Speed>>
  readonly onStep: (step: ReleaseStepName, result: StepResult | undefined) => Effect.Effect<void>
}>()("accessa/deploy/Running") {}

export const passed = (check: string, found: string): StepResult => ({
  verdict: "pass",
  checks: [{ check, verdict: "pass", found }]
})
export const failed = (check: string, found: string): StepResult => ({
  verdict: "fail",
  checks: [{ check, verdict: "fail", found }]
})
export const inDoubt = (check: string, found: string): StepResult => ({
  verdict: "inconclusive",
  checks: [{ check, verdict: "inconclusive", found }]
})

export const judged = (results: ReadonlyArray<CheckResult>): StepResult => ({
  verdict: overall(results),
  checks: results.map(({ check, found, group, verdict }) => ({ check: `${group} ${check}`, verdict, found }))
})

/** What did not pass, for a reason of a few words. */
export const doubts = ({ checks }: StepResult): string =>
  checks.filter(({ verdict }) => verdict !== "pass").slice(0, 3).map(({ check, found }) => `${check}: ${found}`).join(
    "; "
  )
  || "there was nothing to judge"

/** Asks until a deployment is live; a platform that does not answer is asked again until the patience is over. */
export const untilLive = Effect.fn("release.untilLive")(
  function*(service: string, begin: Effect.Effect<string, PlatformFailed>, patience: Duration.Duration) {
    const platform = yield* DeployPlatform
    const deployment = yield* Effect.retry(begin, {
      while: ({ retryable }) => retryable,
      schedule: Schedule.spaced(progressInterval),
      times: beginnings - 1
    })
    const look = Effect.catchIf(
      platform.progress(service, deployment),
      ({ retryable }) => retryable,
      () => Effect.succeed(Progress.Working())
    )
    const outcome = yield* Effect.timeoutOption(
      Effect.repeat(Effect.tap(look, pause), { until: ({ _tag }) => _tag !== "Working" }),
      patience
    )
    if (outcome._tag === "None") {
      return failed(service, `${deployment} was not live after ${Duration.format(patience)}`)
    }
    return outcome.value._tag === "Failed"
      ? failed(service, outcome.value.reason)
      : passed(service, `${deployment} is live`)
  }
)

const pause = ({ _tag }: Progress) => _tag === "Working" ? Effect.sleep(progressInterval) : Effect.void

export const together = (results: ReadonlyArray<StepResult>): StepResult => {
  const checks = results.flatMap((each) => each.checks)
  return { verdict: overall(checks), checks }
}

/** Looks again a few times, as long as there is no answer that decides. */
export const untilKnown = Effect.fnUntraced(
  function*<E, R>(look: Effect.Effect<StepResult, E, R>, decides: (result: StepResult) => boolean) {
    let result = yield* look
    for (let tried = 1; tried < tries && !decides(result); tried++) {
      yield* Effect.sleep(tryInterval)
      result = yield* look
    }
    return result
  }
)
