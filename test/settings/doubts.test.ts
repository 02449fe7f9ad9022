import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { doubts } from "../../src/settings/doubts.ts"
import { Settings } from "../../src/settings/Settings.ts"

const doubtsOf = (variables: Record<string, string>) =>
  Settings.pipe(
    Effect.map(doubts),
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(variables))
  )

const vendors = {
  LLAMAPARSE_API_URL: "https://api.cloud.llamaindex.ai",
  LLAMAPARSE_API_KEY: "llx-a-key-of-ours",
  OPENAI_API_URL: "https://api.openai.com/v1",
  OPENAI_API_KEY: "sk-a-key-of-ours",
  PUBLIC_URL: "https://ingest.example.com"
}

const staging = {
  ACCESSA_ENV: "staging",
  DATABASE_URL: "postgres://accessa@db.example.com/accessa",
  WEBHOOK_SECRETS: "a secret of at least thirty-two characters"
}

/** Each contradiction, and a word of what is said about it. */
const contradictions: ReadonlyArray<readonly [title: string, Record<string, string>, RegExp]> = [
  [
    "the parser's own address with the mock's key",
    { LLAMAPARSE_API_URL: vendors.LLAMAPARSE_API_URL, PUBLIC_URL: vendors.PUBLIC_URL },
    /LLAMAPARSE_API_KEY is not set/
  ],
  [
    "the embedder's own address with the mock's key",
    { OPENAI_API_URL: vendors.OPENAI_API_URL },
    /OPENAI_API_KEY is not set/
  ],
  [
    "a parser elsewhere that shall call back to this machine",
    { ...vendors, ...staging, PUBLIC_URL: "http://127.0.0.1:8000" },
    /which the parser cannot reach/
  ],
  ["anonymous users without a budget", { SUPABASE_ALLOW_ANONYMOUS: "true" }, /DEFAULT_USER_BUDGET_USD/],
  [
    "tokens of any issuer",
    { SUPABASE_JWT_SECRET: "a secret of at least thirty-two characters" },
    /any issuer: set SUPABASE_JWT_ISSUER/
  ]
]

describe("settings that contradict each other", () => {
  it.effect("settings for mocks and settings for real providers are beyond doubt", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* doubtsOf({}), [])
      assert.deepStrictEqual(yield* doubtsOf(vendors), [])
      const { PUBLIC_URL: _, ...unreachable } = vendors
      assert.deepStrictEqual(yield* doubtsOf(unreachable), [], "on a laptop, workers poll")
    }))

  for (const [title, variables, said] of contradictions) {
    it.effect(`settings that contradict each other are reported: ${title}`, () =>
      Effect.gen(function*() {
        const found = yield* doubtsOf(variables)
        assert.strictEqual(found.length, 1, found.join("; "))
        assert.match(found[0] ?? "", said)
      }))
  }
})
