/** Decides by the one table of src/policy/access.ts whether a caller may call a route, and how often by src/policy/rates.ts. */
import { Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import type { Principal } from "../domain/Principal.ts"
import { access, mayCall } from "../policy/access.ts"
import { rateOf } from "../policy/rates.ts"
import { Access, Caller } from "./Access.ts"
import { makeAuthenticate } from "./authenticate.ts"
import { Correlation } from "./Correlation.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { Forbidden } from "./Problem.ts"
import { setHeader } from "./setHeader.ts"
import { tooMany } from "./tooMany.ts"

export const AccessLive = Layer.effect(
  Access,
  Effect.gen(function*() {
    const authenticate = yield* makeAuthenticate
    const limiter = yield* RateLimiter.RateLimiter
    const { rates } = yield* HttpOptions

    const spend = Effect.fnUntraced(function*({ userId }: Principal, route: string) {
      const kind = rateOf(route)
      const { limit, window } = rates[kind]
      const { remaining, resetAfter } = yield* limiter.consume({
        key: `${kind}:${userId}`,
        algorithm: "token-bucket",
        limit,
        window
      }).pipe(
        Effect.catchReason(
          "RateLimiterError",
          "RateLimitExceeded",
          ({ retryAfter }) =>
            tooMany(
              `This user's limit is ${limit} such requests in ${Duration.format(Duration.fromInputUnsafe(window))}.`,
              retryAfter
            )
        ),
        Effect.catchTag("RateLimiterError", Effect.die)
      )
      const seconds = Math.ceil(Duration.toSeconds(resetAfter))
      yield* setHeader("ratelimit-policy", `"${kind}";q=${limit};w=${Duration.toSeconds(window)}`)
      yield* setHeader("ratelimit", `"${kind}";r=${Math.floor(remaining)};t=${seconds}`)
    })

    return Access.of({
      bearer: Effect.fnUntraced(function*(app, { credential, endpoint, group }) {
        const route = `${group.identifier}.${endpoint.identifier}`
        const principal = yield* authenticate(credential)
        if (!mayCall(route, principal.role)) return yield* forbid(route, principal)
        yield* spend(principal, route)
        return yield* app.pipe(
          Effect.provideService(Caller, principal),
          Effect.annotateLogs("user_id", principal.userId)
        )
      })
    })
  })
).pipe(Layer.provide(RateLimiter.layer), Layer.provide(RateLimiter.layerStoreMemory))

const forbid = Effect.fnUntraced(function*(route: string, { role }: Principal) {
  const needed = access[route] ?? "nobody"
  const detail = `This takes the role ${needed}; the credential has the role ${role}.`
  return yield* new Forbidden({ detail, correlation_id: yield* Correlation })
})
