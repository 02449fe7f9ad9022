/**
 * Decides by the annotations of an endpoint (src/api/annotations.ts) whether a caller may call it, how often by
 * src/policy/rates.ts, and how much of it at once by src/policy/bounds.ts.
 */
import { Context, Duration, Effect, identity, Layer, Option, Redacted, Schema } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { RateLimiter } from "effect/persistence"
import { mayScrape } from "../../../otel/metrics/endpoint.ts"
import { describeSpan, spanAttributes } from "../../../otel/names/attributes.ts"
import { withLogFields } from "../../../otel/names/logFields.ts"
import { AuditLog } from "../../../services/AuditLog.ts"
import { Access, Caller, CredentialEnded } from "../../api/Access.ts"
import { ConcurrencyLimit, OnBehalf, RateLimit, RequiredRole, Scraped } from "../../api/annotations.ts"
import { BadRequest, Forbidden } from "../../api/Problem.ts"
import { mayCall } from "../../api/routes.ts"
import { sha256 } from "../../domain/hash.ts"
import { UserId } from "../../domain/Ids.ts"
import { atLeast, type Principal } from "../../domain/Principal.ts"
import { type Kind, turnsOfCaller } from "../../policy/bounds.ts"
import { AtOnce } from "../server/AtOnce.ts"
import { byCallerFor } from "../server/byCaller.ts"
import { HttpOptions } from "../server/HttpOptions.ts"
import { layerStoreBounded } from "../server/rateStore.ts"
import { setHeader } from "../server/setHeader.ts"
import { makeTurns } from "../server/turns.ts"
import { makeAuthenticate } from "./authenticate.ts"
import { consume } from "./consume.ts"
import { serviceProblem } from "./serviceProblem.ts"

export const AccessLive = Layer.effect(
  Access,
  Effect.gen(function*() {
    const { authenticate, ended } = yield* makeAuthenticate
    const limiter = yield* RateLimiter.RateLimiter
    const { metrics, rates } = yield* HttpOptions
    const audit = yield* AuditLog
    const atOnce = yield* AtOnce
    // Requests of one caller reach the database only a few at a time.
    const authenticating = makeTurns(turnsOfCaller)
    const working = makeTurns(turnsOfCaller)

    // Remembers the user of each credential, so that requests above that user's limits are refused without a database
    // query.
    const users = makeMemory()

    const spend = Effect.fnUntraced(function*(userId: UserId, kind: RateKind) {
      const rate = rates[kind]
      const { limit } = rate
      const window = Duration.fromInputUnsafe(rate.window)
      const what = `This user's limit is ${limit} such requests in ${Duration.format(window)}.`
      const seconds = Duration.toSeconds(window)
      const tell = (remaining: number, untilFull: number) =>
        setHeader("ratelimit", `"${kind}";r=${Math.floor(remaining)};t=${Math.ceil(untilFull)}`)
      yield* setHeader("ratelimit-policy", `"${kind}";q=${limit};w=${seconds}`)
      yield* consume(limiter, { key: `${kind}:${userId}`, rate, what }).pipe(
        Effect.tap(({ remaining, resetAfter }) => tell(remaining, Duration.toSeconds(resetAfter))),
        // `Retry-After` is the time until there is one token again.
        Effect.tapError(({ retry_after_s }) => tell(0, Math.min(seconds, retry_after_s + seconds - seconds / limit)))
      )
    })

    /** The user named by `user_id`, if it is another one and the role allows to act for others. */
    const inPlaceOf = Effect.fnUntraced(function*(principal: Principal, route: string, method: string) {
      const { user_id } = yield* HttpServerRequest.ParsedSearchParams
      if (user_id === undefined) return principal
      const named = decodeUser(user_id)
      if (Option.isNone(named)) return yield* noUser
      if (named.value === principal.userId) return principal
      if (!atLeast(principal.role, "operator")) return yield* forbid("operator", principal)
      const by = yield* Effect.provideService(byCallerFor(named.value), Caller, principal)
      // Changes to a job write their audit entry together with the change.
      if (method === "GET") {
        const { params: { document_id, job_id } } = yield* HttpRouter.RouteContext
        const targetType = job_id === undefined && document_id !== undefined ? "document" : "job"
        const targetId = job_id ?? document_id ?? "all"
        const entry = { by, userId: named.value, action: route, targetType, targetId }
        yield* serviceProblem(audit.record(entry))
      }
      return { ...principal, userId: named.value }
    })

    return Access.of({
      bearer: Effect.fnUntraced(function*(app, { credential, endpoint, group }) {
        const route = `${group.identifier}.${endpoint.identifier}`
        const { annotations } = endpoint
        if (Context.get(annotations, Scraped) && mayScrape(metrics.access, credential)) {
          return yield* app.pipe(
            Effect.provideService(Caller, scraper),
            Effect.provideService(CredentialEnded, Effect.never)
          )
        }
        const role = Option.getOrUndefined(Context.getOption(annotations, RequiredRole))
        const { wait } = yield* HttpServerRequest.ParsedSearchParams
        const kind = kindOf(Context.get(annotations, ConcurrencyLimit), wait !== undefined)
        const admit = (user: UserId) =>
          Effect.andThen(
            spend(user, Context.get(annotations, RateLimit)),
            kind === undefined ? Effect.void : atOnce.hold(kind, user)
          )
        const digest = sha256(Redacted.value(credential))
        const known = users.recall(digest)
        if (known !== undefined) yield* admit(known)
        const principal = yield* authenticate(credential).pipe(
          authenticating(digest),
          Effect.onError(() => Effect.sync(() => users.forget(digest)))
        )
        if (!mayCall(role, principal.role)) return yield* forbid(role ?? "of no caller", principal)
        if (known !== principal.userId) yield* admit(principal.userId)
        users.remember(digest, principal.userId)
        const caller = Context.get(annotations, OnBehalf)
          ? yield* inPlaceOf(principal, route, endpoint.method)
          : principal
        yield* describeSpan({ "user.id": caller.userId })
        return yield* app.pipe(
          Effect.provideService(Caller, caller),
          Effect.provideService(CredentialEnded, ended(credential)),
          Effect.annotateSpans(spanAttributes({ "user.id": caller.userId })),
          withLogFields({ user_id: caller.userId }),
          kind === undefined ? working(principal.userId) : identity
        )
      })
    })
  })
).pipe(Layer.provide(RateLimiter.layer), Layer.provide(layerStoreBounded))

/** It has no rows of its own. */
const scraper: Principal = {
  userId: UserId.make("00000000-0000-0000-0000-000000000000"),
  role: "operator",
  actor: "metrics"
}

type RateKind = typeof RateLimit.Service

/** A request with `wait` is held like a stream; without it, it is a short one. */
const kindOf = (limit: typeof ConcurrencyLimit.Service, waits: boolean): Kind | undefined =>
  limit !== "wait" ? limit : waits ? "stream" : undefined

/** Credentials remembered per process. */
const remembered = 10_000

const makeMemory = () => {
  const users = new Map<string, UserId>()
  return {
    recall: (digest: string) => users.get(digest),
    forget: (digest: string) => users.delete(digest),
    remember: (digest: string, user: UserId) => {
      if (users.size >= remembered && !users.has(digest)) users.clear()
      users.set(digest, user)
    }
  }
}

const decodeUser = Schema.decodeUnknownOption(UserId)

const detail = "A user's id is a UUID."
const noUser = new BadRequest({ code: "BAD_REQUEST", detail, errors: [{ pointer: "/query/user_id", detail }] })

const forbid = (needed: string, { role }: Principal) =>
  new Forbidden({ detail: `This requires the role ${needed}; the credential has the role ${role}.` })
