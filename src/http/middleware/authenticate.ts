/**
 * From a bearer credential to the caller. The credential is checked first, and only an invalid one counts against its
 * sender: no number of invalid attempts locks out a valid credential from the same address.
 */
import { Effect, Option, Redacted } from "effect"
import { HttpServerRequest } from "effect/http"
import { RateLimiter } from "effect/persistence"
import { count } from "../../../otel/metrics/record.ts"
import { Alerts } from "../../../services/Alerts.ts"
import { ApiKeys } from "../../../services/ApiKeys.ts"
import { TokenVerifier } from "../../../services/TokenVerifier.ts"
import { Unauthenticated } from "../../api/Problem.ts"
import { sha256 } from "../../domain/hash.ts"
import { subscriberOf } from "../../domain/TrustedProxies.ts"
import { HttpOptions } from "../server/HttpOptions.ts"
import { makeRefusals } from "../server/Refusals.ts"
import { setHeader } from "../server/setHeader.ts"
import { consume } from "./consume.ts"
import { serviceProblem } from "./serviceProblem.ts"

/** Longer values cannot be our credentials and are not hashed. */
const longest = 8_192

export const makeAuthenticate = Effect.gen(function*() {
  const keys = yield* ApiKeys
  const tokens = yield* TokenVerifier
  const limiter = yield* RateLimiter.RateLimiter
  const { alertRules: rules, rates } = yield* HttpOptions
  const refused = makeRefusals({
    alerts: yield* Alerts,
    rule: "SIGN_INS_REFUSED",
    rules,
    describe: (count, within, address) =>
      `${count} requests with an invalid credential were refused within ${within}, the last one from ${address}.`
  })

  /** Counts an invalid credential; above the limit the answer says when to try again. */
  const strike = (kind: "address" | "key", name: string) =>
    consume(limiter, { key: `refused ${kind}:${bucket(name)}`, rate: rates.refused, what: tooManyWrong[kind] })

  const find = (credential: Redacted.Redacted) =>
    serviceProblem(isKey(credential) ? keys.authenticate(credential) : tokens.verify(credential))

  const authenticate = Effect.fn("http.authenticate")(function*(credential: Redacted.Redacted) {
    const text = Redacted.value(credential)
    if (text === "") return yield* refuse("UNAUTHENTICATED", "Requires the header `Authorization: Bearer <key>`.")
    if (text.length > longest) return yield* refuse("BAD_CREDENTIAL", "The credential is too long.")
    const found = yield* find(credential)
    if (Option.isSome(found)) return found.value
    const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
    yield* refused(Option.getOrElse(remoteAddress, () => "an unknown address"))
    yield* strike("address", subscriberOf(Option.getOrElse(remoteAddress, () => "")))
    if (isKey(credential)) yield* strike("key", text.slice(0, prefixLength))
    return yield* refuse("BAD_CREDENTIAL", "The key or token is unknown, expired or revoked.")
  })

  /** Asks until a credential that was accepted is not any more. A database that is away revokes nothing. */
  const ended = (credential: Redacted.Redacted) =>
    find(credential).pipe(
      Effect.map(Option.isNone),
      Effect.orElseSucceed(() => false),
      Effect.delay(recheck),
      Effect.repeat({ until: (isEnded) => isEnded }),
      Effect.asVoid
    )

  return { authenticate, ended }
})

/** How long an open event stream may outlive its key. */
const recheck = "15 seconds"

const isKey = (credential: Redacted.Redacted): boolean => Redacted.value(credential).startsWith("acc_")

const tooManyWrong = {
  address: "Too many invalid credentials from this address.",
  key: "Too many invalid secrets for this key."
}

/** `acc_` and eight digits: the public part of a key. */
const prefixLength = 12

/** The limiter never forgets a name, so names of each kind are mapped to 65,536 buckets. */
const bucket = (name: string): string => sha256(name).slice(0, 4)

const refuse = Effect.fnUntraced(function*(code: Unauthenticated["code"], detail: string) {
  yield* count("accessa_credentials_refused_total", { reason: code === "UNAUTHENTICATED" ? "missing" : "invalid" })
  yield* setHeader(
    "www-authenticate",
    code === "UNAUTHENTICATED" ? "Bearer realm=\"accessa\"" : "Bearer realm=\"accessa\", error=\"invalid_token\""
  )
  return yield* new Unauthenticated({ code, detail })
})
