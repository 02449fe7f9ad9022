/** The contract of deployment platforms, as a suite over a layer with the services `api-server` and `base-worker` at `v1`. */
import { assert, layer } from "@effect/vitest"
import { Effect, type Layer, Option, Redacted, Schedule } from "effect"
import { DeployPlatform } from "../../services/DeployPlatform.ts"

const names = ["api-server", "base-worker"] as const

interface Traits {
  readonly deploysByItself: boolean
}

const ended = Effect.fnUntraced(function*(service: string, deployment: string) {
  const platform = yield* DeployPlatform
  return yield* Effect.repeat(platform.progress(service, deployment), {
    until: ({ _tag }) => _tag !== "Working",
    schedule: Schedule.recurs(50)
  })
})

const one = Effect.fnUntraced(function*(name: string) {
  const platform = yield* DeployPlatform
  const [service] = yield* platform.services([name])
  return yield* Effect.fromNullishOr(service)
})
const versionOf = (name: string) =>
  Effect.map(one(name), ({ live }) => Option.getOrUndefined(Option.map(live, ({ version }) => version)))

/** Each test gets its own platform. */
export const deployPlatformContract = <E>(name: string, make: Layer.Layer<DeployPlatform, E>, traits: Traits) => {
  const test = (title: string, body: Effect.Effect<void, unknown, DeployPlatform>) =>
    layer(make, { excludeTestServices: true })(`DeployPlatform ${name}`, (it) => {
      it.effect(title, () => body)
    })

  test(
    "lists services with their versions and replicas, in the order asked for",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const found = yield* platform.services(names)
      assert.deepStrictEqual(
        found.map(({ live, name, replicas }) => [name, Option.map(live, ({ version }) => version), replicas]),
        names.map((name) => [name, Option.some("v1"), 1])
      )
      assert.deepStrictEqual(found.map(({ autodeploy }) => autodeploy), names.map(() => traits.deploysByItself))
      const { message, retryable } = yield* Effect.flip(platform.services(["nothing"]))
      assert.include(message, "nothing")
      assert.isFalse(retryable)
    })
  )

  test(
    "deploys a version to one service, and says when it is live",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const deployment = yield* platform.deploy("base-worker", "v2")
      assert.strictEqual((yield* platform.progress("base-worker", deployment))._tag, "Working")
      assert.strictEqual((yield* ended("base-worker", deployment))._tag, "Live")
      assert.deepStrictEqual([yield* versionOf("base-worker"), yield* versionOf("api-server")], ["v2", "v1"])
    })
  )

  test(
    "begins one deployment if a version is asked for twice",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const first = yield* platform.deploy("base-worker", "v2")
      assert.strictEqual(yield* platform.deploy("base-worker", "v2"), first)
      yield* ended("base-worker", first)
      assert.strictEqual(yield* platform.deploy("base-worker", "v2"), first)
    })
  )

  test(
    "says why a deployment failed, and rolls back to the recorded one",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const before = yield* Effect.flatMap(one("base-worker"), ({ live }) => Effect.fromOption(live))
      const outcome = yield* ended("base-worker", yield* platform.deploy("base-worker", "broken-2"))
      assert.strictEqual(outcome._tag, "Failed")
      if (outcome._tag === "Failed") assert.isNotEmpty(outcome.reason)
      const back = yield* platform.rollback("base-worker", before)
      assert.strictEqual(yield* platform.rollback("base-worker", before), back)
      assert.strictEqual((yield* ended("base-worker", back))._tag, "Live")
      assert.strictEqual(yield* versionOf("base-worker"), "v1")
    })
  )

  test(
    "changes the settings that are named, and no others",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const shown = Effect.map(
        platform.settings("base-worker"),
        (settings) => ["KEPT", "CHANGED", "REMOVED"].map((key) => settings[key] && Redacted.value(settings[key]))
      )
      const set = (value: string) => Option.some(Redacted.make(value))
      yield* platform.changeSettings("base-worker", { KEPT: set("a=b c"), CHANGED: set("1"), REMOVED: set("x") })
      assert.deepStrictEqual(yield* shown, ["a=b c", "1", "x"])
      yield* platform.changeSettings("base-worker", { CHANGED: set("2"), REMOVED: Option.none() })
      yield* platform.changeSettings("base-worker", { REMOVED: Option.none() })
      assert.deepStrictEqual(yield* shown, ["a=b c", "2", undefined])
    })
  )

  test(
    "keeps the settings of two services that are changed at once",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      yield* Effect.forEach(
        names,
        (name) =>
          platform.changeSettings(name, { [name.toUpperCase().replace("-", "_")]: Option.some(Redacted.make(name)) }),
        { concurrency: "unbounded", discard: true }
      )
      for (const name of names) {
        const { [name.toUpperCase().replace("-", "_")]: value } = yield* platform.settings(name)
        assert.strictEqual(value && Redacted.value(value), name)
      }
    })
  )

  test(
    "scales a service without changing its version",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      yield* platform.scale("base-worker", 3)
      const { live, replicas } = yield* one("base-worker")
      assert.deepStrictEqual([Option.map(live, ({ version }) => version), replicas], [Option.some("v1"), 3])
    })
  )

  test(
    traits.deploysByItself
      ? "switches autodeploy of one service off and on"
      : "has no autodeploy: switching it off does nothing, and on is refused",
    Effect.gen(function*() {
      const platform = yield* DeployPlatform
      const state = Effect.map(platform.services(names), (all) => all.map(({ autodeploy }) => autodeploy))
      yield* platform.setAutodeploy("api-server", false)
      assert.deepStrictEqual(yield* state, [false, traits.deploysByItself])
      const on = yield* Effect.result(platform.setAutodeploy("api-server", true))
      assert.strictEqual(on._tag, traits.deploysByItself ? "Success" : "Failure")
      assert.deepStrictEqual(yield* state, names.map(() => traits.deploysByItself))
    })
  )
}
