/** One lane and its queue: the next turn goes to the user whose last turn was longest ago. */
import { Deferred, Effect, Exit } from "effect"
import type { UserId } from "../../../../src/domain/Ids.ts"

export interface Turns {
  /** Waits until it is this user's turn. */
  readonly take: (user: UserId) => Effect.Effect<void>
  /** False if it is not free right away. */
  readonly takeNow: (user: UserId) => boolean
  readonly release: () => void
  readonly isTaken: () => boolean
  /** How many wait, of one user or of all. */
  readonly waiting: (user?: UserId) => number
}

type Waiter = Deferred.Deferred<void>

/** The number of users whose last turn is remembered. */
const remembered = 1_000

export const makeTurns = (): Turns => {
  const waiters = new Map<UserId, ReadonlyArray<Waiter>>()
  // Least recent first.
  const served = new Set<UserId>()
  let isTaken = false

  const give = (user: UserId) => {
    isTaken = true
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
      isTaken = false
      return
    }
    keep(user, left)
    give(user)
    Deferred.doneUnsafe(first, Exit.void)
  }
  const takeNow = (user: UserId): boolean => {
    if (isTaken) return false
    give(user)
    return true
  }

  return {
    take: (user) =>
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
      }),
    takeNow,
    release,
    isTaken: () => isTaken,
    waiting: (user) =>
      user === undefined
        ? [...waiters.values()].reduce((sum, all) => sum + all.length, 0)
        : waiters.get(user)?.length ?? 0
  }
}
