/**
 * Concurrency limits per user and in total: requests above them are refused before anything is read, looked up or bought. A
 * slot is held until the request's scope closes, that is, until the answer has been sent.
 */
import { Context, Duration, Effect, Layer, type Scope } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Overloaded, type TooManyRequests } from "../../api/Problem.ts"
import type { UserId } from "../../domain/Ids.ts"
import { atOnce, type Kind } from "../../policy/bounds.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { secondsOf } from "./setHeader.ts"
import { tooMany } from "./tooMany.ts"

/** Most requests end soon; a stream may last for minutes. */
const patience: Readonly<Record<Kind, Duration.Duration>> = {
  search: Duration.seconds(1),
  stream: Duration.seconds(15),
  upload: Duration.seconds(1),
  quote: Duration.seconds(1),
  list: Duration.seconds(1),
  check: Duration.seconds(5),
  page: Duration.seconds(1)
}

interface Held {
  all: number
  /** Users without open requests are not listed. */
  readonly byUser: Map<UserId, number>
}

export class AtOnce extends Context.Service<AtOnce, {
  /** Without a user for anonymous requests. */
  readonly hold: (
    kind: Kind,
    user?: UserId
  ) => Effect.Effect<void, TooManyRequests | Overloaded, HttpServerRequest.HttpServerRequest | Scope.Scope>
}>()("accessa/http/AtOnce") {
  static readonly layer = Layer.effect(
    AtOnce,
    Effect.gen(function*() {
      const { bounds } = yield* HttpOptions
      const held = new Map<Kind, Held>()
      const of = (kind: Kind): Held => {
        const known = held.get(kind) ?? { all: 0, byUser: new Map<UserId, number>() }
        held.set(kind, known)
        return known
      }

      /** Returns whose limit is reached, if any. */
      const take = (kind: Kind, user: UserId | undefined): "user" | "all" | undefined => {
        const { ofAll, ofUser } = atOnce[kind]
        const now = of(kind)
        const own = user === undefined ? 0 : now.byUser.get(user) ?? 0
        if (user !== undefined && own >= bounds[ofUser]) return "user"
        if (now.all >= bounds[ofAll]) return "all"
        now.all++
        if (user !== undefined) now.byUser.set(user, own + 1)
        return undefined
      }
      const giveBack = (kind: Kind, user: UserId | undefined) =>
        Effect.sync(() => {
          const now = of(kind)
          now.all--
          if (user === undefined) return
          const left = (now.byUser.get(user) ?? 0) - 1
          if (left > 0) now.byUser.set(user, left)
          else now.byUser.delete(user)
        })

      const refuse = Effect.fnUntraced(function*(kind: Kind, whose: "user" | "all") {
        const { name, ofAll, ofUser } = atOnce[kind]
        if (whose === "user") {
          const most = bounds[ofUser]
          const what = `This user already has ${most} ${name} in progress, which is the limit.`
          return yield* tooMany(what, patience[kind], "TOO_MANY_AT_ONCE")
        }
        const retry_after_s = secondsOf(patience[kind])
        const detail = `The service already has ${bounds[ofAll]} ${name} in progress, which is the limit. Try again in `
          + `${retry_after_s} s.`
        return yield* new Overloaded({ detail, retry_after_s })
      })

      return AtOnce.of({
        hold: (kind, user) =>
          Effect.acquireRelease(
            Effect.suspend(() => {
              const full = take(kind, user)
              return full === undefined ? Effect.void : refuse(kind, full)
            }),
            () => giveBack(kind, user)
          )
      })
    })
  )
}
