/** The command line plays a scenario on running mocks; here one server stands for both. */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { serve } from "../../../src/mocks/openai/MockOpenAI.ts"
import { freePort, serverUrl } from "../../mocks/serverUrl.ts"
import { runCli } from "../../support/harness/runCli.ts"

const mock = Layer.provideMerge(serve({ delay: Duration.zero, failureRate: 0, vectors: "lexical" }), freePort)

const cli = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const url = yield* serverUrl
  return yield* runCli(["mock", ...args, "--llamaparse-url", url, "--openai-url", `${url}/v1`])
})

const embed = Effect.fnUntraced(function*() {
  const url = yield* serverUrl
  const body = JSON.stringify({ model: "text-embedding-3-small", input: ["a sentence"] })
  const headers = { authorization: "Bearer sk-test", "content-type": "application/json" }
  return (yield* Effect.promise(() => fetch(`${url}/v1/embeddings`, { method: "POST", headers, body }))).status
})

layer(mock, { excludeTestServices: true })("accessa mock", (it) => {
  it.effect("plays a scenario and stops it", () =>
    Effect.gen(function*() {
      const played = yield* cli("play", "examples/scenarios/outage.yml")
      assert.strictEqual(played.code, 0, played.stderr)
      assert.strictEqual(yield* embed(), 429)
      const state = yield* cli("state")
      assert.include(state.stdout, "outage")
      assert.strictEqual((yield* cli("stop")).code, 0)
      assert.strictEqual(yield* embed(), 200)
    }))

  it.effect("says what is wrong with a scenario, and plays none", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* cli("play", "package.json")
      assert.strictEqual(code, 2)
      assert.include(stderr, "BAD_SCENARIO")
      assert.strictEqual((yield* cli("play", "nowhere.yml")).code, 2)
      assert.strictEqual(yield* embed(), 200)
    }))

  it.effect("says which mock does not answer", () =>
    Effect.gen(function*() {
      const { code, stderr } = yield* runCli(["mock", "stop", "--llamaparse-url", "http://127.0.0.1:9"])
      assert.strictEqual(code, 1)
      assert.include(stderr, "The llamaparse mock does not answer")
    }))
})
