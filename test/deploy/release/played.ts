/** An environment that answers as a test says, and a clock that runs until the release has ended. */
import { Duration, Effect, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import { DeployPlatform } from "../../../services/DeployPlatform.ts"
import { Releases } from "../../../services/Releases.ts"
import { checked } from "../../../src/deploy/checked.ts"
import type { CheckResult } from "../../../src/deploy/CheckResult.ts"
import { type Migration, ReleaseStack } from "../../../src/deploy/release/ReleaseStack.ts"
import { runRelease } from "../../../src/deploy/release/run.ts"
import type { By } from "../../../src/domain/Principal.ts"
import type { PlatformMemory } from "../../twins/DeployPlatformMemory.ts"

export const by: By = { actor: "person:test", role: "admin", reason: "a new version", correlationId: null }
export const names = ["api-server", "base-worker"]

type Answer = "pass" | "fail" | "inconclusive"
const good = (answer: Answer): ReadonlyArray<CheckResult> => {
  const check = checked("stack", "documents", "documents become complete")
  return [answer === "pass" ? check.pass("yes") : check[answer]("no", "look")]
}

export interface Answers {
  readonly validate?: Answer
  readonly verify?: Answer
  readonly beside?: Answer
  readonly smoke?: Answer
  /** Of the new version, look by look; the last one stays. */
  readonly health?: ReadonlyArray<Answer>
  readonly migrations?: ReadonlyArray<Migration>
  readonly speed?: () => number
}

export const stackOf = (
  {
    beside = "pass",
    health = ["pass"],
    migrations = [],
    smoke = "pass",
    speed = () => 10,
    validate = "pass",
    verify = "pass"
  }: Answers
) => {
  let looks = 0
  let applied = 1
  return Layer.succeed(ReleaseStack, {
    validate: Effect.sync(() => good(validate)),
    migration: Effect.sync(() => applied),
    migrations,
    migrate: Effect.sync(() => {
      applied = migrations.at(-1)?.number ?? applied
    }),
    beside: () => Effect.sync(() => good(beside)),
    verify: () => Effect.sync(() => good(verify)),
    smoke: Effect.sync(() => good(smoke)),
    speed: Effect.sync(speed),
    health: (version) => Effect.sync(() => good(version === "v1" ? "pass" : health[looks++] ?? health.at(-1) ?? "pass"))
  })
}

export const begin = Effect.fnUntraced(
  function*(platform: Pick<PlatformMemory, "layer">, version: string, answers: Answers) {
    const environment = "test"
    return yield* runRelease({
      environment,
      version,
      services: names,
      by,
      watchFor: Duration.minutes(2),
      canary: Option.none(),
      rolloutTime: Duration.minutes(1),
      onStep: () => Effect.void
    }).pipe(Effect.provide(Layer.merge(platform.layer, stackOf(answers))))
  }
)

/** Calls that take real time, such as those to the record of releases. */
export const makeCounter = () => {
  let underWay = 0
  let wake = () => {}
  const count = <A extends ReadonlyArray<unknown>, B, E>(call: (...given: A) => Effect.Effect<B, E>) => (...given: A) =>
    Effect.acquireUseRelease(
      Effect.sync(() => underWay++),
      () => call(...given),
      () => Effect.sync(() => --underWay === 0 && wake())
    )
  const idle = Effect.callback<void>((resume) => {
    wake = () => resume(Effect.void)
    if (underWay === 0) wake()
  })
  return { count, idle }
}
type Count = ReturnType<typeof makeCounter>["count"]

const countedReleases = (releases: typeof Releases.Service, count: Count) =>
  Releases.of({
    begin: count(releases.begin),
    renew: count(releases.renew),
    letGo: count(releases.letGo),
    record: count(releases.record),
    share: count(releases.share),
    observe: count(releases.observe),
    lostWorkers: count(releases.lostWorkers),
    end: count(releases.end),
    ask: count(releases.ask),
    find: count(releases.find),
    list: count(releases.list),
    steps: count(releases.steps)
  })

export const countedPlatform = (platform: typeof DeployPlatform.Service, count: Count) =>
  DeployPlatform.of({
    services: count(platform.services),
    setAutodeploy: count(platform.setAutodeploy),
    settings: count(platform.settings),
    changeSettings: count(platform.changeSettings),
    deploy: count(platform.deploy),
    rollback: count(platform.rollback),
    progress: count(platform.progress),
    scale: count(platform.scale)
  })

/** The clock stands while such a call runs: a release must not lose its lease because the machine is busy. */
export const played = <A, E, R>(run: Effect.Effect<A, E, R>, { count, idle } = makeCounter()) =>
  Effect.gen(function*() {
    const releases = countedReleases(yield* Releases, count)
    const fiber = yield* Effect.forkChild(Effect.provideService(run, Releases, releases))
    while (fiber.pollUnsafe() === undefined) {
      // Between two calls the release takes some turns of the event loop.
      for (let turn = 0; turn < 5; turn++) {
        yield* idle
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      }
      yield* TestClock.adjust("1 second")
    }
    return yield* Fiber.join(fiber)
  })
