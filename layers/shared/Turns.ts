/** A lane with one place or more, and its queue: the next turn goes to the user whose last turn was longest ago. */
import { Deferred, Effect, Exit, type Scope } from "effect"
import type { UserId } from "../../src/domain/Ids.ts"

export interface Turns {
  /** Waits until it is this user's turn. */
  readonly take: (user: UserId) => Effect.Effect<void>
  /** False if no place is free right away. */
  readonly takeNow: (user: UserId) => boolean
  readonly release: () => void
  /** Until the scope ends. */
  readonly hold: (user: UserId) => Effect.Effect<void, never, Scope.Scope>
  readonly isTaken: () => boolean
  /** How many wait, of one user or of all. */
  readonly waiting: (user?: UserId) => number
}

type Waiter = Deferred.Deferred<void>

/** The number of users whose last turn is remembered. */
const remembered = 1_000

export const makeTurns = (places = 1): Turns => {
  const waiters = new Map<UserId, ReadonlyArray<Waiter>>()
  // Least recent first.
  const served = new Set<UserId>()
  let taken = 0

  const give = (user: UserId) => {
    served.delete(user)
    served.add(user)
    for (const oldest of served) {
      if (served.size <= remembered) break
      served.delete(oldest)
    }
  }
  const keep = (user: UserId, left: ReadonlyArray<Waiter>) => {
    if (left.length > 0) waiters.set(user, left)
    else waiters.delete(user)
  }
  const next = (): UserId | undefined => {
    for (const user of waiters.keys()) if (!served.has(user)) return user
    for (const user of served) if (waiters.has(user)) return user
    return undefined
  }
  const release = () => {
    const user = next()
    const [first, ...left] = user === undefined ? [] : waiters.get(user) ?? []
    if (user === undefined || first === undefined) {
      taken--
      return
    }
    keep(user, left)
    give(user)
    Deferred.doneUnsafe(first, Exit.void)
  }
  const takeNow = (user: UserId): boolean => {
    if (taken === places) return false
    taken++
    give(user)
    return true
  }

  const take = (user: UserId) =>
    Effect.suspend(() => {
      if (takeNow(user)) return Effect.void
      const turn = Deferred.makeUnsafe<void>()
      waiters.set(user, [...waiters.get(user) ?? [], turn])
      return Effect.onInterrupt(Deferred.await(turn), () =>
        Effect.sync(() => {
          const all = waiters.get(user) ?? []
          // The turn may have been granted at the same moment.
          if (all.includes(turn)) keep(user, all.filter((each) => each !== turn))
          else release()
        }))
    })

  return {
    take,
    takeNow,
    release,
    hold: (user) => Effect.acquireRelease(take(user), () => Effect.sync(release), { interruptible: true }),
    isTaken: () => taken === places,
    waiting: (user) =>
      user === undefined
        ? [...waiters.values()].reduce((sum, all) => sum + all.length, 0)
        : waiters.get(user)?.length ?? 0
  }
}
