/** The steps back to what was there before. Autodeploy goes off first, and stays off until a person switches it on. */
import { Effect, Option } from "effect"
import { DeployPlatform, type PlatformFailed } from "../../../services/DeployPlatform.ts"
import type { Releases } from "../../../services/Releases.ts"
import type { ServiceError } from "../../domain/ServiceError.ts"
import { rollbackPatience } from "../../policy/releases.ts"
import { mayBeUsed } from "./contracting.ts"
import { ReleaseStack, type StackUnknown } from "./ReleaseStack.ts"
import { shareClaims } from "./rollout.ts"
import {
  failed,
  inDoubt,
  judged,
  passed,
  type ReleaseLost,
  Running,
  type StepResult,
  together,
  untilLive
} from "./Running.ts"
import { restoreSettings } from "./settingsRecord.ts"

type StepEffect = Effect.Effect<
  StepResult,
  PlatformFailed | ReleaseLost | ServiceError | StackUnknown,
  DeployPlatform | ReleaseStack | Releases | Running
>

const before = Effect.map(Running, ({ held }) => held.release.before)

const freeze: StepEffect = Effect.gen(function*() {
  const platform = yield* DeployPlatform
  const names = (yield* before).services.map(({ name }) => name)
  for (const { autodeploy, name } of yield* platform.services(names)) {
    if (autodeploy) yield* platform.setAutodeploy(name, false)
  }
  // At once: the recorded version's workers take the documents back before any service is replaced.
  yield* shareClaims(Option.some({ percent: 0, documents: [] }))
  return passed("autodeploy", `off for ${names.join(", ")}`)
})

/** Before the versions, because a platform gives settings to a process when it deploys it. */
const settings: StepEffect = Effect.gen(function*() {
  const results: Array<StepResult> = []
  for (const { name } of (yield* before).services) {
    const changed = yield* restoreSettings(name)
    results.push(passed(name, changed.length === 0 ? "no setting has changed" : `restored ${changed.join(", ")}`))
  }
  return together(results)
})

/** Why the recorded version cannot run on the schema as it is now; empty if it can. */
const unsafe = Effect.gen(function*() {
  const { migrations, migration } = yield* ReleaseStack
  const recorded = (yield* before).migration
  const now = yield* migration
  const newest = Math.max(0, ...migrations.map(({ number }) => number))
  if (now > recorded && now > newest) return `migration ${now} is applied, which this command does not know`
  const bad = migrations.find((each) => each.number > recorded && each.number <= now && mayBeUsed(each, recorded))
  return bad === undefined ? "" : `${bad.name} ${bad.contracts.join(", ")}, which the recorded version may use`
})

const services: StepEffect = Effect.gen(function*() {
  const platform = yield* DeployPlatform
  const why = yield* unsafe
  if (why !== "") return failed("schema", `${why}. Correct the fault and deploy a newer version instead.`)
  const recorded = (yield* before).services
  return together(
    yield* Effect.forEach(recorded, ({ deployment, name, replicas, version }) =>
      Effect.gen(function*() {
        const result = yield* untilLive(name, platform.rollback(name, { deployment, version }), rollbackPatience)
        // Afterwards: a process that crashes does not count while it is down.
        const [now] = yield* platform.services([name])
        if (now !== undefined && now.replicas !== replicas) yield* platform.scale(name, replicas)
        return result
      }), { concurrency: "unbounded" })
  )
})

const verify: StepEffect = Effect.gen(function*() {
  const stack = yield* ReleaseStack
  const [version = "", ...others] = new Set((yield* before).services.map((each) => each.version))
  if (others.length > 0) return judged(yield* stack.smoke)
  return together([judged(yield* stack.health(version)), judged(yield* stack.smoke)])
}).pipe(Effect.catchTag("StackUnknown", ({ message }) => Effect.succeed(inDoubt("the environment", message))))

export const backward = {
  "rollback.freeze": freeze,
  "rollback.settings": settings,
  "rollback.services": services,
  "rollback.verify": verify
} as const
export const backwardSteps: ReadonlyArray<keyof typeof backward> = [
  "rollback.freeze",
  "rollback.settings",
  "rollback.services",
  "rollback.verify"
]
