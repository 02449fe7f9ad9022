/** Takes a version through its steps, or rolls it back; resumes where a command that died left off. */
import { DateTime, type Duration, Effect, Option, Ref, Schema } from "effect"
import { DeployPlatform, PlatformFailed } from "../../../services/DeployPlatform.ts"
import { Begun, type HeldRelease, Releases } from "../../../services/Releases.ts"
import type { By } from "../../domain/Principal.ts"
import { type Before, forwardSteps, type ReleaseOutcome, type ReleaseStepName } from "../../domain/Release.ts"
import { releaseLease, releaseRenewal } from "../../policy/releases.ts"
import { backward, backwardSteps } from "./backward.ts"
import { besideSteps, forward } from "./forward.ts"
import { obey } from "./obey.ts"
import { ReleaseStack, StackUnknown } from "./ReleaseStack.ts"
import {
  doubts,
  failed,
  inDoubt,
  ReleaseLost,
  ReleaseRefused,
  Running,
  type Speed,
  type StepResult,
  untilKnown
} from "./Running.ts"
import { settingNames } from "./settingsRecord.ts"

export interface Plan {
  readonly environment: string
  readonly version: string
  /** In the order in which they are deployed. */
  readonly services: ReadonlyArray<string>
  readonly by: By
  readonly watchFor: Duration.Duration
  /** A worker service that gets the version first, and with it a growing share of the documents. */
  readonly canary: Option.Option<string>
  readonly rolloutTime: Duration.Duration
  /** Undefined: it begins. */
  readonly onStep: (step: ReleaseStepName, result: StepResult | undefined) => Effect.Effect<void>
}

export interface Ended {
  readonly outcome: ReleaseOutcome
  readonly reason: string
}

export const runRelease = Effect.fn("release.run")(function*(plan: Plan) {
  const releases = yield* Releases
  const { by, environment, version } = plan
  const before = yield* lookBefore([...Option.toArray(plan.canary), ...plan.services])
  const [last] = yield* releases.list(Option.some(environment), 1)
  // Its command may have been killed after the end: started again, it ends in the same state.
  if (
    last?.outcome === "promoted" && last.version === version
    && before.services.every((service) => service.version === version)
  ) {
    const ended: Ended = {
      outcome: "promoted",
      reason: `already deployed by the release of ${DateTime.formatIso(last.startedAt)}`
    }
    return ended
  }
  const begun = yield* releases.begin({ environment, version, by, before }, releaseLease)
  if (Begun.$is("Refused")(begun)) return yield* new ReleaseRefused({ release: begun.release })
  const { held } = begun
  const { canary, onStep, rolloutTime, watchFor } = plan
  const speeds = yield* Ref.make<ReadonlyArray<Speed>>([])
  const running = Running.of({ held, canary, onStep, rolloutTime, speeds, watchFor })
  return yield* Effect.gen(function*() {
    const ended = yield* Effect.raceFirst(Effect.provideService(toTheEnd, Running, running), keep(held))
    // After the race: a renewal at the same moment would find the release ended, and take it for lost.
    if (!(yield* releases.end(held, ended.outcome, ended.reason, by))) return yield* lost
    return ended
  }).pipe(
    // Otherwise its lease runs out.
    Effect.ensuring(Effect.ignore(releases.letGo(held), { log: true }))
  )
})

/** Renews the lease while this command works. A database that is away for less than a lease does no harm. */
const keep = Effect.fnUntraced(function*(held: HeldRelease) {
  const releases = yield* Releases
  let mine = true
  while (mine) {
    yield* Effect.sleep(releaseRenewal)
    mine = yield* Effect.orElseSucceed(releases.renew(held, releaseLease), () => true)
  }
  return yield* lost
})

const lookBefore = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  const platform = yield* DeployPlatform
  const stack = yield* ReleaseStack
  const services = yield* Effect.forEach(
    yield* platform.services(names),
    Effect.fnUntraced(function*({ autodeploy, live, name, replicas }) {
      const { deployment, version } = yield* Effect.mapError(
        Effect.fromOption(live),
        () => new PlatformFailed({ message: `${name} has no live version to roll back to.`, retryable: false })
      )
      return { name, version, deployment, replicas, autodeploy, settings: settingNames(yield* platform.settings(name)) }
    })
  )
  const before: Before = { migration: yield* stack.migration, services }
  return before
})

const toTheEnd = Effect.gen(function*() {
  const releases = yield* Releases
  const { held: { release: { releaseId } } } = yield* Running
  const done = yield* releases.steps(releaseId)
  const isDone = (name: ReleaseStepName) => done.some(({ step, verdict }) => step === name && verdict === "pass")
  const failure = done.find(({ step, verdict }) => verdict !== "pass" && !step.startsWith("rollback."))
  if (failure !== undefined) return yield* backFrom(failure.step, failure, isDone)
  if (done.some(({ step }) => step.startsWith("rollback."))) return yield* back("requested by a person", isDone)
  return yield* Effect.catchTag(
    onward(isDone),
    "Asked",
    ({ reason, request }) =>
      request === "rollback" ? back(`requested by a person: ${reason}`, isDone) : promoteNow(reason, isDone)
  )
})

type IsDone = (name: ReleaseStepName) => boolean

const onward = Effect.fnUntraced(function*(isDone: IsDone) {
  const { canary } = yield* Running
  for (const name of forwardSteps) {
    if (isDone(name) || (Option.isNone(canary) && besideSteps.has(name))) continue
    yield* obey
    const result = yield* step(name, forward[name])
    if (result.verdict !== "pass") return yield* backFrom(name, result, isDone)
  }
  return yield* end("promoted", "all steps passed")
})

/** Without the checks and the shares that are left. */
const promoteNow = Effect.fnUntraced(function*(reason: string, isDone: IsDone) {
  for (const name of ["freeze", "migrate", "deploy", "promote"] as const) {
    if (isDone(name)) continue
    const result = yield* Effect.catchTag(step(name, forward[name]), "Asked", Effect.die)
    if (result.verdict !== "pass") return yield* backFrom(name, result, isDone)
  }
  return yield* end("promoted", `requested by a person: ${reason}`)
})

const backFrom = (name: ReleaseStepName, result: StepResult, isDone: IsDone) =>
  name === "validate"
    ? end("rolled_back", `${name}: ${doubts(result)}. Nothing had been changed`)
    : back(`${name}: ${doubts(result)}`, isDone)

const back = Effect.fnUntraced(function*(reason: string, isDone: IsDone) {
  for (const name of backwardSteps) {
    if (isDone(name)) continue
    // The platform or the environment may be away for a moment.
    const result = yield* untilKnown(step(name, backward[name]), ({ verdict }) => verdict === "pass")
    if (result.verdict !== "pass") {
      return yield* end("needs_a_person", `${reason}. The rollback stopped at ${name}: ${doubts(result)}`)
    }
  }
  return yield* end("rolled_back", reason)
})

/** Runs a step, and records how it ended; without an answer of the platform or the environment it is in doubt. */
const step = <E, R>(
  name: ReleaseStepName,
  body: Effect.Effect<StepResult, E | PlatformFailed | StackUnknown, R>
) =>
  Effect.gen(function*() {
    const releases = yield* Releases
    const { held, onStep } = yield* Running
    yield* onStep(name, undefined)
    const result = yield* body.pipe(
      Effect.catchIf(isPlatformFailed, ({ message, retryable }) =>
        Effect.succeed(retryable ? inDoubt("the platform", message) : failed("the platform", message))),
      Effect.catchIf(isStackUnknown, ({ message }) =>
        Effect.succeed(inDoubt("the environment", message)))
    )
    if (!(yield* releases.record(held, name, result))) {
      return yield* lost
    }
    yield* onStep(name, result)
    return result
  }).pipe(Effect.withSpan("release.step"))

const end = (outcome: ReleaseOutcome, reason: string) => Effect.succeed<Ended>({ outcome, reason })

const lost = new ReleaseLost({ message: "Another command has taken over the release." })
const isPlatformFailed = Schema.is(PlatformFailed)
const isStackUnknown = Schema.is(StackUnknown)
