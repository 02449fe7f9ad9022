/** The files of expectations: which are accepted, and what is said of a wrong one. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { readLeastSettings } from "../../../src/deploy/validate/facts/leastSettings.ts"
import { secretValue } from "../../../src/deploy/validate/looksSecret.ts"
import { parseExpectations, readExpectations } from "../../../src/deploy/validate/readExpectations.ts"

const production = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString("config/production.yaml"))

layer(NodeServices.layer)("expectations of an environment", (it) => {
  for (const environment of ["local", "staging", "production"] as const) {
    it.effect(`config/${environment}.yaml is valid and names its own environment`, () =>
      Effect.gen(function*() {
        const expectations = yield* readExpectations(`config/${environment}.yaml`)
        assert.strictEqual(expectations.environment, environment)
      }))
  }

  it.effect("config/docker.yaml is valid, of a laptop whose containers run as staging", () =>
    Effect.gen(function*() {
      const expectations = yield* readExpectations("config/docker.yaml")
      assert.strictEqual(expectations.environment, "local")
      assert.strictEqual(expectations.runsAs, "staging")
      assert.deepStrictEqual(yield* readLeastSettings(expectations), [])
    }))

  const wrong: ReadonlyArray<readonly [title: string, from: string, to: string, said: RegExp]> = [
    [
      "an unknown key gets the nearest known one",
      "certificate_days",
      "certificate_day",
      /line \d+: api\.certificate_day is not known; did you mean certificate_days\?/
    ],
    [
      "a key unlike any other gets the list",
      "minimum: 2",
      "fleet: 2",
      /workers\.fleet is not known\. Known here: minimum/
    ],
    [
      "a misspelled setting gets its right name",
      "- OPENAI_API_KEY",
      "- OPENAI_APIKEY",
      /OPENAI_APIKEY, which is not a secret setting; did you mean OPENAI_API_KEY\?/
    ],
    [
      "a setting that is no secret is refused among the secrets",
      "- METRICS_TOKEN",
      "- MAX_UPLOAD_MB",
      /MAX_UPLOAD_MB, which is not a secret setting/
    ],
    [
      "a wrong value is named with its line and field",
      "minimum: 2",
      "minimum: two",
      /line \d+: workers\.minimum: Expected/
    ],
    ["a missing key is named", "  dimensions: 1536\n", "", /embeddings\.dimensions: Missing key/],
    ["broken YAML is an error, not a default", "api:", "api: [", /\S/],
    [
      "a key in the file is refused",
      "version: \"1\"",
      `version: sk-proj-${"a1B2".repeat(10)}`,
      /line \d+ holds what looks like an OpenAI key/
    ],
    [
      "an address with a password is refused",
      "https://api.accessa.example",
      "https://u:p@api.accessa.example",
      /an address with a password/
    ]
  ]
  for (const [title, from, to, said] of wrong) {
    it.effect(title, () =>
      Effect.gen(function*() {
        const text = yield* production
        assert.include(text, from)
        const { message } = yield* Effect.flip(parseExpectations(text.replace(from, to)))
        assert.match(message, said)
        assert.notInclude(message, "a1B2a1B2")
      }))
  }

  it.effect("a file that is not there is named", () =>
    Effect.gen(function*() {
      const { message } = yield* Effect.flip(readExpectations("config/nowhere.yaml"))
      assert.include(message, "config/nowhere.yaml")
    }))

  it.effect("long random text is a secret, and names, hosts and versions are none", () =>
    Effect.sync(() => {
      assert.isDefined(secretValue("Zk3n9QpV7xR2tL8mW4cB6yHs"))
      for (
        const value of [
          "SUPABASE_SERVICE_ROLE_KEY",
          "text-embedding-3-small",
          "aws-0-eu-central-1.pooler.supabase.com",
          "max-age=15552000"
        ]
      ) {
        assert.isUndefined(secretValue(value), value)
      }
    }))
})
