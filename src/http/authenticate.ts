/** From a bearer credential to who asks. Whoever tries wrong ones too often is turned away before anything is looked up. */
import { Effect, Option, Redacted } from "effect"
import { HttpServerRequest } from "effect/http"
import { RateLimiter } from "effect/persistence"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { TokenVerifier } from "../../services/TokenVerifier.ts"
import { sha256 } from "../domain/hash.ts"
import { Correlation } from "./Correlation.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { Unauthenticated } from "./Problem.ts"
import { setHeader } from "./setHeader.ts"
import { stageProblem } from "./stageProblem.ts"
import { tooMany } from "./tooMany.ts"

/** Longer is no credential of ours, and not worth a hash. */
const longest = 8_192
/** How many credentials a process remembers having accepted. */
const remembered = 10_000

export const makeAuthenticate = Effect.gen(function*() {
  const keys = yield* ApiKeys
  const tokens = yield* TokenVerifier
  const limiter = yield* RateLimiter.RateLimiter
  const { rates: { refused: { limit, window } } } = yield* HttpOptions
  // Those who were let in before are not locked out by a stranger who shares their proxy's address.
  const accepted = new Set<string>()

  /** At zero tokens only looks. */
  const strikes = (address: string, tokens: 0 | 1) =>
    limiter.consume({
      key: `refused:${address}`,
      tokens,
      limit,
      window,
      algorithm: "token-bucket",
      onExceeded: "delay"
    })
      .pipe(Effect.orDie)

  return Effect.fn("http.authenticate")(function*(credential: Redacted.Redacted) {
    const text = Redacted.value(credential)
    if (text === "") return yield* refuse("UNAUTHENTICATED", "This needs the header `Authorization: Bearer <key>`.")
    if (text.length > longest) return yield* refuse("BAD_CREDENTIAL", "The credential is longer than any of ours.")
    const request = yield* HttpServerRequest.HttpServerRequest
    const address = bucket(Option.getOrElse(request.remoteAddress, () => ""))
    const digest = sha256(text)
    if (!accepted.has(digest)) {
      const { remaining, resetAfter } = yield* strikes(address, 0)
      if (remaining < 1) return yield* tooMany("Too many wrong credentials came from this address.", resetAfter)
    }
    const found = yield* stageProblem(
      text.startsWith("acc_") ? keys.authenticate(credential) : tokens.verify(credential)
    )
    if (Option.isNone(found)) {
      accepted.delete(digest)
      yield* strikes(address, 1)
      return yield* refuse("BAD_CREDENTIAL", "The key or token is unknown, expired or revoked.")
    }
    if (accepted.size >= remembered) accepted.clear()
    accepted.add(digest)
    return found.value
  })
})

/** The limiter never forgets a name, so addresses share 65,536 of them. */
const bucket = (address: string): string => sha256(address).slice(0, 4)

const refuse = Effect.fnUntraced(function*(code: Unauthenticated["code"], detail: string) {
  yield* setHeader(
    "www-authenticate",
    code === "UNAUTHENTICATED" ? "Bearer realm=\"accessa\"" : "Bearer realm=\"accessa\", error=\"invalid_token\""
  )
  return yield* new Unauthenticated({ code, detail, correlation_id: yield* Correlation })
})
