import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { nearMisses, settingShapes } from "../../src/settings/shapes.ts"

const within = <A, E>(env: Readonly<Record<string, string>>, asked: Effect.Effect<A, E>) =>
  Effect.provideService(asked, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

const shapesOf = (env: Readonly<Record<string, string>>) =>
  Effect.map(
    within(env, settingShapes),
    (shapes) => Object.fromEntries(shapes.filter(({ name }) => name in env).map(({ name, shape }) => [name, shape]))
  )

describe("the shape of a setting", () => {
  it.effect("the shape of a setting says what kind of value it has", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* shapesOf({
          OPENAI_API_KEY: "sk-1234567890",
          DATABASE_URL: "postgres://db.example.com/accessa",
          API_PORT: "8000",
          METRICS_OPEN: "true",
          CHUNKER: "markdown-simple@1",
          TRUSTED_PROXIES: ""
        }),
        {
          OPENAI_API_KEY: "secret",
          DATABASE_URL: "secret",
          API_PORT: "number",
          METRICS_OPEN: "flag",
          CHUNKER: "text",
          TRUSTED_PROXIES: "unset"
        }
      )
    }))

  it.effect("the shape of an address says where it leads", () =>
    Effect.gen(function*() {
      for (
        const [url, shape] of [
          ["http://localhost:8002/v1", "address on this machine"],
          ["http://[::1]:8002/v1", "address on this machine"],
          ["http://mock-openai:8002/v1", "address in a private network"],
          ["http://10.1.2.3/v1", "address in a private network"],
          ["https://api.openai.com/v1", "public address"]
        ] as const
      ) assert.deepStrictEqual(yield* shapesOf({ OPENAI_API_URL: url }), { OPENAI_API_URL: shape })
    }))

  it.effect("no value is in the shapes", () =>
    Effect.gen(function*() {
      const env = {
        OPENAI_API_KEY: "sk-1234567890",
        EMBED_MODEL: "a-private-model",
        OPENAI_API_URL: "https://a-host.test"
      }
      const said = JSON.stringify(yield* within(env, settingShapes))
      for (const value of ["sk-123", "a-private-model", "a-host"]) assert.notInclude(said, value)
    }))
})

it.effect("a variable that resembles a setting which is not set is a near miss", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* within({ OPENAI_APIKEY: "x", HOME: "/" }, nearMisses), [
      { name: "OPENAI_APIKEY", meant: "OPENAI_API_KEY" }
    ])
    assert.deepStrictEqual(yield* within({ OPENAI_APIKEY: "x", OPENAI_API_KEY: "y" }, nearMisses), [])
  }))
