/** Limits concurrency per name: only a few tasks of one name run at once; the rest queue without delaying other names. */
import { Effect, Semaphore } from "effect"

export const makeTurns = (atOnce: number) => {
  const lines = new Map<string, { readonly turns: Semaphore.Semaphore; inLine: number }>()
  return (name: string) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const line = lines.get(name) ?? { turns: Semaphore.makeUnsafe(atOnce), inLine: 0 }
      lines.set(name, line)
      line.inLine++
      return Effect.ensuring(
        line.turns.withPermits(1)(self),
        Effect.sync(() => {
          line.inLine--
          if (line.inLine === 0) lines.delete(name)
        })
      )
    })
}
