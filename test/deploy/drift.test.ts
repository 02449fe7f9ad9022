/** `accessa deploy drift`: over the platform in memory and over Render's stand-in, and what the command prints. */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Console, Effect, Layer, Option, Redacted } from "effect"
import { Command } from "effect/cli"
import { DeployPlatformRender } from "../../layers/DeployPlatform/Render.ts"
import { DeployPlatform } from "../../services/DeployPlatform.ts"
import { drift } from "../../src/cli/commands/deploy/drift.ts"
import { Output } from "../../src/cli/terminal/Output.ts"
import { overall } from "../../src/deploy/CheckResult.ts"
import { findDrift } from "../../src/deploy/drift.ts"
import { settingsKept } from "../../src/deploy/infrastructure/blueprint.ts"
import { readBlueprint } from "../../src/deploy/infrastructure/readBlueprint.ts"
import { ReleaseTargets, TargetUnreachable } from "../../src/deploy/release/ReleaseTargets.ts"
import { renderKey, serveRender } from "../support/stubs/RenderStub.ts"
import { makePlatform } from "../twins/DeployPlatformMemory.ts"

const blueprint = readBlueprint("render.yaml").pipe(Effect.provide(NodeServices.layer))

/** Applies the file, as Render would. */
const applied = Effect.gen(function*() {
  const platform = yield* DeployPlatform
  for (const service of (yield* blueprint).services) {
    yield* platform.setAutodeploy(service.name, false)
    if (service.type !== "cron") yield* platform.scale(service.name, service.numInstances)
    yield* platform.changeSettings(
      service.name,
      Object.fromEntries(
        Object.entries(settingsKept(service)).map((
          [name, value]
        ) => [name, Option.some(Redacted.make(value ?? "hidden"))])
      )
    )
  }
})

const found = Effect.map(
  Effect.flatMap(blueprint, findDrift),
  (results) => ({
    verdict: overall(results),
    wrong: results.filter(({ verdict }) => verdict !== "pass").map(({ check, found, group }) =>
      `${group} ${check}: ${found}`
    ),
    text: JSON.stringify(results)
  })
)

const names = Effect.map(blueprint, ({ services }) => services.map(({ name }) => name))

const platforms = {
  "a platform in memory": Layer.unwrap(Effect.map(names, (names) => makePlatform(names, "v1").layer)),
  "Render's stand-in": Layer.unwrap(Effect.gen(function*() {
    const { url } = yield* serveRender(yield* names, "v1")
    return DeployPlatformRender({ url, apiKey: Redacted.make(renderKey), callTimeout: "30 seconds" })
  })).pipe(Layer.provide(NodeHttpClient.layerUndici))
}

for (const [name, platform] of Object.entries(platforms)) {
  it.effect(`drift over ${name}: none after the file was applied; then each change by service and setting, no value`, () =>
    Effect.gen(function*() {
      const { changeSettings, scale, setAutodeploy } = yield* DeployPlatform
      yield* applied
      assert.deepInclude(yield* found, { verdict: "pass", wrong: [] })
      yield* setAutodeploy("api-server", true)
      yield* scale("base-worker", 5)
      yield* changeSettings("base-worker", {
        STORAGE: Option.some(Redacted.make("a-private-value")),
        PUBLIC_URL: Option.none(),
        OPENAI_API_KEY: Option.some(Redacted.make("")),
        WORKER_CONCURRENCY: Option.some(Redacted.make("a-private-value"))
      })
      const { text, verdict, wrong } = yield* found
      assert.strictEqual(verdict, "fail")
      assert.sameMembers(wrong, [
        "api-server autodeploy: on",
        "base-worker instances: 5",
        "base-worker STORAGE: another value",
        "base-worker PUBLIC_URL: it is not set on the platform",
        "base-worker OPENAI_API_KEY: it is empty",
        "base-worker WORKER_CONCURRENCY: it is set on the platform only"
      ])
      assert.notInclude(text, "a-private-value")
    }).pipe(Effect.provide(platform)))
}

it.effect("drift names a service that the platform does not have", () =>
  Effect.gen(function*() {
    // It stops at the service that is missing.
    yield* Effect.ignore(applied)
    const { verdict, wrong } = yield* found
    assert.strictEqual(verdict, "fail")
    assert.include(wrong, "monitoring service: There is no service monitoring.")
  }).pipe(Effect.provide(makePlatform(["api-server", "base-worker"], "v1").layer)))

it.effect("drift is in doubt, not absent, if the platform cannot be read", () =>
  Effect.map(found, ({ verdict }) => assert.strictEqual(verdict, "inconclusive")).pipe(
    Effect.provide(makePlatform([], "v1").layer)
  ))

/** What the command prints, and the exit code of its failure. */
const run = (targets: ReleaseTargets["Service"], json: boolean) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const console = yield* Console.Console
    const code = yield* Command.runWith(drift, { version: "0" })(["--env", "production"]).pipe(
      Effect.provide(Layer.merge(Layer.succeed(ReleaseTargets, targets), Output.layer(json))),
      Effect.provideService(Console.Console, { ...console, log: (line: unknown) => void lines.push(String(line)) }),
      Effect.match({
        onSuccess: () => "ok",
        onFailure: (error) => "exit" in error ? `${error.exit} ${error.what}` : "?"
      })
    )
    return { code, lines }
  }).pipe(Effect.provide(NodeServices.layer))

it.effect("accessa deploy drift prints a table or JSON, and exits with 0, 1 or 6", () =>
  Effect.gen(function*() {
    const memory = makePlatform(yield* names, "v1")
    const nothing = Effect.fail(new TargetUnreachable({ message: "no key" }))
    const targets = { record: nothing, open: () => nothing, platform: () => Layer.build(memory.layer) }
    yield* Effect.provide(applied, memory.layer)
    assert.deepInclude(yield* run(targets, false), { code: "ok" })
    memory.places.get("api-server")?.settings.delete("LOG_FORMAT")
    const table = yield* run(targets, false)
    assert.strictEqual(table.code, "failed production differs from ./render.yaml: api-server: LOG_FORMAT.")
    assert.isTrue(table.lines.some((line) => /✗ api-server +LOG_FORMAT +it is not set on the platform/.test(line)))
    const { lines: [document = ""] } = yield* run(targets, true)
    assert.deepInclude(JSON.parse(document), { verdict: "fail", environment: "production" })
    assert.match((yield* run({ ...targets, platform: () => nothing }, false)).code, /^inconclusive no key/)
  }))
