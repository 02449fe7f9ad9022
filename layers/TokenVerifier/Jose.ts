/**
 * Supabase's tokens, by `jose`: HS256 with the project's secret, ES256 and RS256 with its published keys. Each kind of key
 * checks its own algorithms alone, so that a public key can never pass for a secret, nor an unsigned token for a signed one.
 */
import { type Cause, Effect, Layer, Option, Redacted, Schema } from "effect"
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify, type RemoteJWKSet } from "jose"
import { TokenVerifier } from "../../services/TokenVerifier.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { type Principal, Role } from "../../src/domain/Principal.ts"
import { RecoverableError, type StageError } from "../../src/domain/StageError.ts"

export interface TokenOptions {
  readonly secret: Redacted.Redacted | undefined
  readonly jwksUrl: URL | undefined
}

/** With neither, no token is accepted. */
export const TokenVerifierJose = ({ jwksUrl, secret }: TokenOptions): Layer.Layer<TokenVerifier> =>
  Layer.sync(TokenVerifier, () => {
    const shared = secret === undefined ? undefined : new TextEncoder().encode(Redacted.value(secret))
    const published = jwksUrl === undefined ? undefined : createRemoteJWKSet(jwksUrl, { timeoutDuration: 5_000 })

    const payloadOf = (token: string): Effect.Effect<unknown, StageError> => {
      if (algorithmOf(token) === "HS256") {
        return shared === undefined
          ? refused
          : Effect.tryPromise(() => verify(token, shared, ["HS256"])).pipe(Effect.catch(() => refused))
      }
      return published === undefined
        ? refused
        : Effect.tryPromise(() => verify(token, published, ["ES256", "RS256"])).pipe(Effect.catch(refusal))
    }

    return TokenVerifier.of({
      verify: Effect.fn("TokenVerifier.verify")(function*(token) {
        return Option.map(
          decodeClaims(yield* payloadOf(Redacted.value(token))),
          ({ app_metadata, sub }): Principal => ({
            userId: sub,
            role: app_metadata?.accessa_role ?? "user",
            actor: `token:${sub}`
          })
        )
      })
    })
  })

const algorithmOf = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    return undefined
  }
}

const verify = async (token: string, key: Uint8Array | RemoteJWKSet, algorithms: Array<string>): Promise<unknown> => {
  const options = { algorithms, audience: "authenticated", requiredClaims: ["exp", "sub"], clockTolerance: 5 }
  return (key instanceof Uint8Array ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options))
    .payload
}

const decodeClaims = Schema.decodeUnknownOption(Schema.Struct({
  sub: UserId,
  app_metadata: Schema.optionalKey(Schema.Struct({ accessa_role: Schema.optionalKey(Role) }))
}))

const refused = Effect.succeed(undefined)

/** The token is bad, or nobody can tell because the provider's keys are out of reach. */
const refusal = ({ cause }: Cause.UnknownError): Effect.Effect<undefined, StageError> =>
  cause instanceof errors.JOSEError && !outOfReach.has(cause.code) ? refused : Effect.fail(
    new RecoverableError({
      code: "AUTH_UNAVAILABLE",
      message: "The identity provider's keys can not be read, so no token can be checked.",
      cause
    })
  )

/** What `jose` says where the key set does not come, or is none. */
const outOfReach: ReadonlySet<string> = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"])
