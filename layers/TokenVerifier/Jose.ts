/**
 * Verifies Supabase tokens with `jose`: HS256 with the project's secret, ES256 and RS256 with its published keys. Each kind
 * of key is limited to its own algorithms, so that a public key cannot be used as a secret and unsigned tokens are never
 * accepted.
 */
import { type Cause, Duration, Effect, Layer, Option, Redacted, Schema } from "effect"
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
  /** The accepted issuer; if absent, any issuer with a valid signature. */
  readonly issuer: string | undefined
  /** Accepts anonymous sign-ins, each of which is a new user. */
  readonly allowAnonymous: boolean
}

/**
 * How long published keys are kept: a withdrawn one is accepted until then. They are not kept for longer while they cannot be
 * fetched: an attacker with a withdrawn key could use it for as long as the provider's address is away.
 */
export const signingKeysKept = Duration.minutes(10)

/** Without either, no token is accepted. */
export const TokenVerifierJose = ({ allowAnonymous, issuer, jwksUrl, secret }: TokenOptions) =>
  Layer.sync(TokenVerifier, () => {
    const shared = secret === undefined ? undefined : new TextEncoder().encode(Redacted.value(secret))
    // Unknown key ids trigger a fetch at most every half minute, no matter how many tokens name one.
    const published = jwksUrl === undefined
      ? undefined
      : createRemoteJWKSet(jwksUrl, {
        timeoutDuration: 5_000,
        cacheMaxAge: Duration.toMillis(signingKeysKept),
        cooldownDuration: 30_000,
        [customFetch]: patientFetch()
      })

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

    // The signature is valid, so this is probably a wrong setting and worth a warning.
    let warned = false
    const tellIssuer = ({ cause }: Cause.UnknownError) => {
      if (warned || !(cause instanceof errors.JWTClaimValidationFailed) || cause.claim !== "iss") return Effect.void
      warned = true
      const said = JSON.stringify(cause.payload.iss ?? null).slice(0, 200)
      return Effect.logWarning(
        `A token with a valid signature was refused: its issuer is ${said} instead of ${issuer}. If it is yours, set `
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

/**
 * After an attempt that brought no keys, the provider is not asked for a while: otherwise any token from a stranger would
 * trigger a request. `jose` makes one attempt at a time.
 */
const patientFetch = (): FetchImplementation => {
  let leftAloneUntil = 0
  return async (url, options) => {
    if (Date.now() < leftAloneUntil) throw new Error("The identity provider's keys could not be fetched a moment ago.")
    leftAloneUntil = Infinity
    let bringsKeys = false
    try {
      const response = await fetch(url, options)
      const body = await shortText(response)
      bringsKeys = response.status === 200 && isKeySet(body)
      if (!bringsKeys) throw new Error(`The identity provider answered ${response.status}, without a set of keys.`)
      return new Response(body)
    } finally {
      leftAloneUntil = bringsKeys ? 0 : Date.now() + pauseMillis
    }
  }
}

/** A set of keys takes a few kilobytes. */
const longestKeySet = 1_000_000

const shortText = async ({ body }: Response): Promise<string> => {
  let text = ""
  for await (const piece of (body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream())) {
    text += piece
    if (text.length > longestKeySet) throw new Error("The identity provider's answer is too long for a set of keys.")
  }
  return text
}

const isKeySet = (body: string): boolean => Option.isSome(decodeKeySet(body))
const decodeKeySet = Schema.decodeUnknownOption(Schema.fromJsonString(
  Schema.Struct({ keys: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)) })
))

const pauseMillis = 5_000

const decodeClaims = Schema.decodeUnknownOption(Schema.Struct({
  sub: UserId,
  /** The project's own keys are tokens as well, of other roles. */
  role: Schema.Literal("authenticated"),
  is_anonymous: Schema.optionalKey(Schema.Unknown),
  app_metadata: Schema.optionalKey(Schema.Struct({ accessa_role: Schema.optionalKey(Role) }))
}))

const refused = Effect.succeed(undefined)

/** The token is invalid, or cannot be checked because the provider's keys are unavailable. */
const refusal = ({ cause }: Cause.UnknownError): Effect.Effect<undefined, ServiceError> =>
  cause instanceof errors.JOSEError && !outOfReach.has(cause.code) ? refused : Effect.fail(
    new RecoverableError({
      code: "AUTH_UNAVAILABLE",
      message: "The identity provider's keys cannot be read, so no token can be checked.",
      cause
    })
  )

/** The errors of `jose` if the key set cannot be fetched or is invalid. */
const outOfReach: ReadonlySet<string> = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"])
