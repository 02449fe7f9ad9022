/**
 * The key of a laptop's stack: an admin's, made at the first start and kept in the data directory, where the command line
 * finds it. Anywhere else somebody must have made a key, or tokens must be accepted: nobody could come in otherwise.
 */
import { Effect, FileSystem, Layer, Option, Redacted, Schema } from "effect"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { localUserId } from "../domain/Ids.ts"
import { Settings } from "../settings/Settings.ts"

export class NoWayIn extends Schema.TaggedError<NoWayIn>()("NoWayIn", { message: Schema.String }) {}

const by = { actor: "system", role: "system", reason: "The first key of a local stack.", correlationId: null }

const makeLocalKey = Effect.gen(function*() {
  const { dataDir } = yield* Settings
  const keys = yield* ApiKeys
  const fs = yield* FileSystem.FileSystem
  const file = `${dataDir}/local-key`
  const known = yield* Effect.option(fs.readFileString(file))
  if (Option.isSome(known) && Option.isSome(yield* keys.authenticate(Redacted.make(known.value.trim())))) return
  const { secret } = yield* keys.make({ userId: localUserId, role: "admin", name: "local", expiresAt: null }, by)
  yield* fs.makeDirectory(dataDir, { recursive: true })
  // Under another name first: the file is never there without its key, nor readable by others.
  yield* fs.writeFileString(`${file}.new`, `${Redacted.value(secret)}\n`, { mode: 0o600 })
  yield* fs.rename(`${file}.new`, file)
})

const requireWayIn = Effect.gen(function*() {
  const { supabaseTokens: { jwksUrl, secret } } = yield* Settings
  const keys = yield* ApiKeys
  if (secret !== undefined || jwksUrl !== undefined || (yield* keys.any)) return
  return yield* new NoWayIn({
    message:
      "Nobody could call this API: set SUPABASE_JWT_SECRET or SUPABASE_JWKS_URL to accept tokens, or make the first "
      + "API key with `pnpm admin-key USER_ID`."
  })
})

export const WayIn = Layer.effectDiscard(
  Effect.gen(function*() {
    const { env } = yield* Settings
    yield* env === "local" ? makeLocalKey : requireWayIn
  })
)
