/**
 * Supabase's tokens, by `jose`: HS256 with the project's secret, ES256 and RS256 with its published keys. Each kind of key
 * checks its own algorithms alone, so that a public key can never pass for a secret, nor an unsigned token for a signed one.
 */
import { type Cause, Effect, Layer, Option, Redacted, Schema } from "effect"
import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type FetchImplementation,
  jwtVerify,
  type RemoteJWKSet
} from "jose"
import { TokenVerifier } from "../../services/TokenVerifier.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { type Principal, Role } from "../../src/domain/Principal.ts"
import { RecoverableError, type ServiceError } from "../../src/domain/ServiceError.ts"

export interface TokenOptions {
  readonly secret: Redacted.Redacted | undefined
  readonly jwksUrl: URL | undefined
  /** Whose tokens are good; with none, those of whoever has the secret or the keys. */
  readonly issuer: string | undefined
  /** Whoever signs in without giving a name is a user, too: a new one at each sign-in. */
  readonly allowAnonymous: boolean
}

/** With neither, no token is accepted. */
export const TokenVerifierJose = ({ allowAnonymous, issuer, jwksUrl, secret }: TokenOptions) =>
  Layer.sync(TokenVerifier, () => {
    const shared = secret === undefined ? undefined : new TextEncoder().encode(Redacted.value(secret))
    // A key that is not there is looked for at most once in half a minute, however many tokens name one.
    const published = jwksUrl === undefined
      ? undefined
      : createRemoteJWKSet(jwksUrl, { timeoutDuration: 5_000, cooldownDuration: 30_000, [customFetch]: patientFetch() })

    const verify = async (token: string, key: Uint8Array | RemoteJWKSet, algorithms: Array<string>) => {
      const options = {
        algorithms,
        audience: "authenticated",
        requiredClaims: ["exp", "sub"],
        clockTolerance: 5,
        ...issuer === undefined ? {} : { issuer }
      }
      return (key instanceof Uint8Array ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options))
        .payload
    }

    // Its signature is good, so this is no stranger but a setting: without a word nobody would find out.
    let warned = false
    const tellIssuer = ({ cause }: Cause.UnknownError) => {
      if (warned || !(cause instanceof errors.JWTClaimValidationFailed) || cause.claim !== "iss") return Effect.void
      warned = true
      const said = JSON.stringify(cause.payload.iss ?? null).slice(0, 200)
      return Effect.logWarning(
        `A token that is signed right was refused: its issuer is ${said}, and not ${issuer}. If it is yours, set `
          + "SUPABASE_JWT_ISSUER to it."
      )
    }

    const payloadOf = (token: string): Effect.Effect<unknown, ServiceError> => {
      if (algorithmOf(token) === "HS256") {
        return shared === undefined
          ? refused
          : Effect.tryPromise(() => verify(token, shared, ["HS256"])).pipe(
            Effect.tapError(tellIssuer),
            Effect.catch(() => refused)
          )
      }
      return published === undefined
        ? refused
        : Effect.tryPromise(() => verify(token, published, ["ES256", "RS256"])).pipe(
          Effect.tapError(tellIssuer),
          Effect.catch(refusal)
        )
    }

    return TokenVerifier.of({
      verify: Effect.fn("TokenVerifier.verify")(function*(token) {
        const claims = Option.filter(
          decodeClaims(yield* payloadOf(Redacted.value(token))),
          ({ is_anonymous }) => allowAnonymous || is_anonymous === undefined || is_anonymous === false
        )
        return Option.map(
          claims,
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

/** After a failure the provider is left alone for a while: any stranger's token would make us ask again. */
const patientFetch = (): FetchImplementation => {
  let leftAloneUntil = 0
  return async (url, options) => {
    if (Date.now() < leftAloneUntil) throw new Error("The identity provider did not give its keys a moment ago.")
    leftAloneUntil = Date.now() + pauseMillis
    const response = await fetch(url, options)
    if (response.status === 200) leftAloneUntil = 0
    return response
  }
}
const pauseMillis = 5_000

const decodeClaims = Schema.decodeUnknownOption(Schema.Struct({
  sub: UserId,
  /** The project's own keys are tokens as well, of other roles. */
  role: Schema.Literal("authenticated"),
  is_anonymous: Schema.optionalKey(Schema.Unknown),
  app_metadata: Schema.optionalKey(Schema.Struct({ accessa_role: Schema.optionalKey(Role) }))
}))

const refused = Effect.succeed(undefined)

/** The token is bad, or nobody can tell because the provider's keys are out of reach. */
const refusal = ({ cause }: Cause.UnknownError): Effect.Effect<undefined, ServiceError> =>
  cause instanceof errors.JOSEError && !outOfReach.has(cause.code) ? refused : Effect.fail(
    new RecoverableError({
      code: "AUTH_UNAVAILABLE",
      message: "The identity provider's keys cannot be read, so no token can be checked.",
      cause
    })
  )

/** What `jose` says where the key set does not come, or is none. */
const outOfReach: ReadonlySet<string> = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"])
