import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Layer, Option, Redacted } from "effect"
import { ApiKeys } from "../../../services/ApiKeys.ts"
import { localUserId } from "../../../src/domain/Ids.ts"
import { FirstKey } from "../../../src/http/server/FirstKey.ts"
import { Settings } from "../../../src/settings/Settings.ts"
import { CredentialsMemory } from "../../support/harness/Credentials.ts"

/** A start of the API, up to its first key, with these existing keys. */
const start = (env: Record<string, string>) =>
  Effect.scoped(Layer.build(FirstKey)).pipe(
    Effect.provide(Settings.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))))
  )
const production = {
  ACCESSA_ENV: "production",
  DATABASE_URL: "postgres://accessa@db.example/accessa",
  LLAMAPARSE_API_KEY: "llx-1",
  OPENAI_API_KEY: "sk-1",
  WEBHOOK_SECRETS: "the-first-secret-of-32-characters!"
}
const noKeys = Layer.effect(
  ApiKeys,
  Effect.map(ApiKeys, (keys) => ApiKeys.of({ ...keys, any: Effect.succeed(false) }))
).pipe(Layer.provide(CredentialsMemory))

describe("the first start on a laptop", () => {
  it.effect("the first start on a laptop writes an admin key to the data directory, readable only by its owner", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const keys = yield* ApiKeys
      const directory = `${yield* fs.makeTempDirectoryScoped()}/data`
      yield* start({ ACCESSA_DATA_DIR: directory })
      const file = `${directory}/local-key`
      const principal = yield* keys.authenticate(Redacted.make((yield* fs.readFileString(file)).trim()))
      assert.include(Option.getOrThrow(principal), { role: "admin", userId: localUserId })
      assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
    }).pipe(Effect.provide([NodeServices.layer, CredentialsMemory])))

  it.effect(
    "the first start on a laptop is the only one that creates a key, unless the database does not know "
      + "it",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const keys = yield* ApiKeys
        const directory = yield* fs.makeTempDirectoryScoped()
        const file = `${directory}/local-key`
        yield* start({ ACCESSA_DATA_DIR: directory })
        const first = yield* fs.readFileString(file)
        yield* start({ ACCESSA_DATA_DIR: directory })
        assert.strictEqual(yield* fs.readFileString(file), first)
        const [made] = (yield* keys.list({ limit: 10 })).keys.filter(({ name }) => name === "local")
        if (made !== undefined) {
          yield* keys.revoke(made.keyId, { actor: "test", role: "admin", reason: null, correlationId: null })
        }
        yield* start({ ACCESSA_DATA_DIR: directory })
        const next = yield* fs.readFileString(file)
        assert.notStrictEqual(next, first)
        assert.isTrue(Option.isSome(yield* keys.authenticate(Redacted.make(next.trim()))))
      }).pipe(Effect.provide([NodeServices.layer, CredentialsMemory]))
  )
})

describe("a local key that cannot be read", () => {
  it.effect(
    "a local key that cannot be read stops the start, naming the file and what to do, and no key is "
      + "created",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const keys = yield* ApiKeys
        const before = (yield* keys.list({ limit: 10 })).keys.length
        const directory = yield* fs.makeTempDirectoryScoped()
        const file = `${directory}/local-key`
        // A directory in its place cannot be read by any user, root included.
        yield* fs.makeDirectory(file)
        const message = String(yield* Effect.flip(start({ ACCESSA_DATA_DIR: directory })))
        assert.include(message, `The local key in ${file} cannot be read`)
        assert.include(message, "Correct its permissions")
        assert.lengthOf((yield* keys.list({ limit: 10 })).keys, before)
        assert.strictEqual((yield* fs.stat(file)).type, "Directory")
      }).pipe(Effect.provide([NodeServices.layer, CredentialsMemory]))
  )
})

describe("a start anywhere else", () => {
  it.effect(
    "a start anywhere else is refused if no credential would be accepted, and the message says what to "
      + "set",
    () =>
      Effect.gen(function*() {
        const message = String(yield* Effect.flip(start(production)))
        assert.match(message, /SUPABASE_JWT_SECRET/)
        assert.match(message, /pnpm admin-key/)
        yield* start({ ...production, SUPABASE_JWT_SECRET: "the-jwt-secret-of-thirty-two-characters" })
        yield* start({ ...production, SUPABASE_JWKS_URL: "https://project.example/keys" })
      }).pipe(Effect.provide([NodeServices.layer, noKeys]))
  )

  it.effect("a start anywhere else succeeds with an API key in the database, and creates none itself", () =>
    Effect.gen(function*() {
      const keys = yield* ApiKeys
      const before = (yield* keys.list({ limit: 10 })).keys.length
      yield* start(production)
      assert.lengthOf((yield* keys.list({ limit: 10 })).keys, before)
    }).pipe(Effect.provide([NodeServices.layer, CredentialsMemory])))
})
