/** The steps to a new version. Each may be repeated after a crash: it finds what it has already done. */
import { Duration, Effect, Option } from "effect"
import { DeployPlatform } from "../../../services/DeployPlatform.ts"
import { Releases } from "../../../services/Releases.ts"
import type { ForwardStep } from "../../domain/Release.ts"
import { deployPatience, failuresInARow, watchInterval } from "../../policy/releases.ts"
import type { CheckResult } from "../CheckResult.ts"
import { mayBeUsed } from "./contracting.ts"
import { deaths } from "./deaths.ts"
import { obey } from "./obey.ts"
import { ReleaseStack, type StackUnknown } from "./ReleaseStack.ts"
import { canary, rollout, shareClaims } from "./rollout.ts"
import {
  failed,
  inDoubt,
  judged,
  passed,
  Running,
  type StepResult,
  together,
  untilKnown,
  untilLive
} from "./Running.ts"
import { keepFirstSettings, keepSettings } from "./settingsRecord.ts"
import type { StepEffect } from "./StepEffect.ts"

const release = Effect.map(Running, ({ held }) => held.release)

const look = (checks: Effect.Effect<ReadonlyArray<CheckResult>, StackUnknown>) =>
  checks.pipe(
    Effect.map(judged),
    Effect.catchTag("StackUnknown", ({ message }) => Effect.succeed(inDoubt("the environment", message)))
  )

/** Repeats checks that are in doubt a few times; the caller counts remaining doubt as a failure. */
const patiently = (checks: Effect.Effect<ReadonlyArray<CheckResult>, StackUnknown>) =>
  untilKnown(look(checks), ({ verdict }) => verdict !== "inconclusive")

const validate: StepEffect = Effect.flatMap(ReleaseStack, ({ validate }) => patiently(validate))

/** A push must not undo, or replace, what is being verified. The settings are kept before anything is deployed. */
const freeze: StepEffect = Effect.gen(function*() {
  const platform = yield* DeployPlatform
  const { before } = yield* release
  for (const { autodeploy, name } of before.services) {
    if (autodeploy) yield* platform.setAutodeploy(name, false)
    yield* keepFirstSettings(name)
  }
  return passed("autodeploy", `off for ${before.services.map(({ name }) => name).join(", ")}`)
})

/** The schema that the running version was deployed with; 0 if a rollback may have left an older version on it. */
const deployedSchema = Effect.gen(function*() {
  const { before, environment, releaseId } = yield* release
  const latest = yield* (yield* Releases).list(Option.some(environment), 2)
  const previous = latest.find((each) => each.releaseId !== releaseId)
  return previous === undefined || previous.outcome === "promoted" ? before.migration : 0
})

const migrate: StepEffect = Effect.gen(function*() {
  const stack = yield* ReleaseStack
  const applied = yield* stack.migration
  const pending = stack.migrations.filter(({ number }) => number > applied)
  const runs = yield* deployedSchema
  const bad = pending.find((each) => mayBeUsed(each, runs))
  if (bad !== undefined) {
    return failed(
      "migrations",
      `${bad.name} ${bad.contracts.join(", ")}, which the running release may use. `
        + "First deploy a release that no longer uses it, then this migration with the next release."
    )
  }
  if (pending.length > 0) yield* stack.migrate
  return passed("migrations", pending.length === 0 ? "none is pending" : pending.map(({ name }) => name).join(", "))
})

const deploy: StepEffect = Effect.gen(function*() {
  const platform = yield* DeployPlatform
  const { before, version } = yield* release
  const results: Array<StepResult> = []
  for (const { name } of before.services) {
    const result = yield* untilLive(name, platform.deploy(name, version), deployPatience)
    results.push(result)
    if (result.verdict !== "pass") return together(results)
  }
  // The others are gone, or about to go.
  yield* shareClaims(Option.none())
  return together(results)
})

const verify: StepEffect = Effect.gen(function*() {
  const stack = yield* ReleaseStack
  return yield* patiently(stack.verify((yield* release).version))
})

const smoke: StepEffect = Effect.flatMap(ReleaseStack, ({ smoke }) => patiently(smoke))

/** One look that does not pass may be chance; a row of them is not. */
const watch: StepEffect = Effect.gen(function*() {
  const stack = yield* ReleaseStack
  const { held: { release: { startedAt, version } }, watchFor } = yield* Running
  const looks = Math.max(failuresInARow, Math.ceil(Duration.toMillis(watchFor) / Duration.toMillis(watchInterval)))
  let good = 0
  let row = 0
  for (let made = 1;; made++) {
    yield* obey
    const dead = yield* deaths(startedAt)
    if (dead.verdict === "fail") return { verdict: dead.verdict, checks: [dead] }
    const result = yield* look(stack.health(version))
    good += result.verdict === "pass" ? 1 : 0
    row = result.verdict === "pass" ? 0 : row + 1
    if (row === failuresInARow) return result
    if (made >= looks) {
      return row === 0 && good * 2 > made
        ? passed("looks", `${good} of ${made} passed`)
        : inDoubt("looks", `${good} of ${made} passed`)
    }
    yield* Effect.sleep(watchInterval)
  }
})

/** What runs now is what a later rollback brings back. */
const promote: StepEffect = Effect.gen(function*() {
  const platform = yield* DeployPlatform
  const { before, version } = yield* release
  for (const { autodeploy, name, replicas } of before.services) {
    yield* keepSettings(name)
    const [now] = yield* platform.services([name])
    if (now !== undefined && now.replicas !== replicas) yield* platform.scale(name, replicas)
    if (autodeploy) yield* platform.setAutodeploy(name, true)
  }
  return passed("promotion", `${version} is what runs`)
})

export const forward = {
  validate,
  freeze,
  migrate,
  canary,
  "rollout.5": rollout(5),
  "rollout.25": rollout(25),
  "rollout.100": rollout(100),
  deploy,
  verify,
  smoke,
  watch,
  promote
} satisfies Record<ForwardStep, StepEffect>

/** Only with a service that gets the version first. */
export const besideSteps: ReadonlySet<ForwardStep> = new Set(["canary", "rollout.5", "rollout.25", "rollout.100"])
