/**
 * How much is under way at once, of each user and of all: what is above is refused before anything is read, looked up or
 * bought for it. A place is held until the request's scope closes, and so for as long as an answer still goes out.
 */
import { Context, Duration, Effect, Layer, type Scope } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Overloaded, type TooManyRequests } from "../../api/Problem.ts"
import type { UserId } from "../../domain/Ids.ts"
import { atOnce, type Kind } from "../../policy/bounds.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { secondsOf } from "./setHeader.ts"
import { tooMany } from "./tooMany.ts"

/** Most of what is under way ends soon; a stream may last for minutes. */
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
  /** Without those who hold nothing. */
  readonly byUser: Map<UserId, number>
}

export class AtOnce extends Context.Service<AtOnce, {
  /** Without a user where nobody in particular asks. */
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

      /** Answers whose limit is reached, if one is. */
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
          const what = `This user has ${most} ${name} under way, and no more may be at once.`
          return yield* tooMany(what, patience[kind], "TOO_MANY_AT_ONCE")
        }
        const retry_after_s = secondsOf(patience[kind])
        const detail = `The service has ${bounds[ofAll]} ${name} under way, and takes no more at once. Try again in `
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
