/**
 * The local stack's admin key, created on the first start and kept in the data directory, where the CLI finds it. Elsewhere
 * the API refuses to start unless a key exists or tokens are accepted, because no caller could authenticate.
 */
import { Effect, FileSystem, Layer, Option, Redacted, Schema } from "effect"
import { ApiKeys } from "../../../services/ApiKeys.ts"
import { localUserId } from "../../domain/Ids.ts"
import { Settings } from "../../settings/Settings.ts"
import { localKeyFile } from "../../settings/table.ts"

class KeyFileError extends Schema.TaggedError<KeyFileError>()("KeyFileError", { message: Schema.String }) {}

class NoKey extends Schema.TaggedError<NoKey>()("NoKey", { message: Schema.String }) {}

const by = { actor: "system", role: "system", reason: "The first key of a local stack.", correlationId: null }

const makeLocalKey = Effect.gen(function*() {
  const { dataDir } = yield* Settings
  const keys = yield* ApiKeys
  const fs = yield* FileSystem.FileSystem
  const file = localKeyFile(dataDir)
  // Only a missing file means that there is no key yet: a new key would replace one that the stack's owner still uses.
  const known = yield* fs.readFileString(file).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.mapError(({ message }) =>
      new KeyFileError({
        message:
          `The local key in ${file} cannot be read: ${message}. Correct its permissions, or start as the user who `
          + "started the stack first."
      })
    )
  )
  if (Option.isSome(known) && Option.isSome(yield* keys.authenticate(Redacted.make(known.value.trim())))) return
  const { secret } = yield* keys.make({ userId: localUserId, role: "admin", name: "local", expiresAt: null }, by)
  yield* fs.makeDirectory(dataDir, { recursive: true })
  // Written under a temporary name first, so that the file is never empty or readable by others.
  yield* fs.writeFileString(`${file}.new`, `${Redacted.value(secret)}\n`, { mode: 0o600 })
  yield* fs.rename(`${file}.new`, file)
})

const requireKey = Effect.gen(function*() {
  const { supabaseTokens: { jwksUrl, secret } } = yield* Settings
  const keys = yield* ApiKeys
  if (secret !== undefined || jwksUrl !== undefined || (yield* keys.any)) return
  return yield* new NoKey({
    message: "No credential would be accepted: set SUPABASE_JWT_SECRET or SUPABASE_JWKS_URL to accept tokens, or "
      + "create the first API key with `pnpm admin-key USER_ID`."
  })
})

export const FirstKey = Layer.effectDiscard(
  Effect.gen(function*() {
    const { env } = yield* Settings
    yield* env === "local" ? makeLocalKey : requireKey
  })
)
