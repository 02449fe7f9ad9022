/** Who is signed in: the browser holds a random cookie, this process the credential. A restart signs everyone out. */
import { Clock, Context, Effect, Layer, Option, type Redacted, Ref } from "effect"
import { randomBytes } from "node:crypto"

export interface Session {
  readonly credential: Redacted.Redacted
  readonly userId: string
  readonly role: string
}

/** Sessions end after this long without a request. */
const idleMs = 12 * 3_600_000
const most = 10_000

export const cookieName = "accessa_session"

export class Sessions extends Context.Service<Sessions, {
  /** The new session's cookie value. */
  readonly open: (session: Session) => Effect.Effect<string>
  readonly find: (cookie: string | undefined) => Effect.Effect<Option.Option<Session>>
  readonly close: (cookie: string | undefined) => Effect.Effect<void>
}>()("accessa/monitor/Sessions") {
  static readonly layer = Layer.effect(
    Sessions,
    Effect.gen(function*() {
      const held = yield* Ref.make<ReadonlyMap<string, Session & { readonly usedAt: number }>>(new Map())
      const change = (edit: (map: Map<string, Session & { readonly usedAt: number }>) => void) =>
        Ref.update(held, (known) => {
          const next = new Map(known)
          edit(next)
          return next
        })
      return Sessions.of({
        open: Effect.fnUntraced(function*(session) {
          const usedAt = yield* Clock.currentTimeMillis
          const id = randomBytes(32).toString("base64url")
          yield* change((map) => {
            for (const [known, { usedAt: last }] of map) {
              if (usedAt - last > idleMs || map.size >= most) map.delete(known)
            }
            map.set(id, { ...session, usedAt })
          })
          return id
        }),
        find: Effect.fnUntraced(function*(cookie) {
          const now = yield* Clock.currentTimeMillis
          const found = cookie === undefined ? undefined : (yield* Ref.get(held)).get(cookie)
          if (cookie === undefined || found === undefined || now - found.usedAt > idleMs) return Option.none()
          if (now - found.usedAt > 60_000) yield* change((map) => void map.set(cookie, { ...found, usedAt: now }))
          return Option.some(found)
        }),
        close: (cookie) => change((map) => void (cookie !== undefined && map.delete(cookie)))
      })
    })
  )
}
