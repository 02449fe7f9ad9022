/**
 * Tells watchers which job has changed: one subscription for all, and each notification is routed by job id. An empty
 * notification means that some were missed, or that too many jobs changed to list: all watchers read.
 */
import { Effect, Queue, RcRef, type Scope, Stream } from "effect"
import type { JobId } from "../../../src/domain/Ids.ts"

export const makeChanges = (
  payloads: Stream.Stream<string>
): Effect.Effect<(job: JobId) => Stream.Stream<void>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const watchers = new Map<string, Set<Queue.Queue<void>>>()
    const tell = (told: Iterable<Queue.Queue<void>>) => {
      for (const watcher of told) Queue.offerUnsafe(watcher, undefined)
    }
    // The first payload signals that listening has begun.
    let listening = false
    const route = (payload: string) =>
      Effect.sync(() => {
        listening = true
        if (payload === "") { for (const each of watchers.values()) tell(each) }
        else for (const id of payload.split(",")) tell(watchers.get(id) ?? [])
      })
    // Listens only while there are watchers.
    const router = yield* RcRef.make({
      acquire: Stream.runForEach(payloads, route).pipe(
        Effect.ensuring(Effect.sync(() => {
          listening = false
        })),
        Effect.forkScoped
      ),
      idleTimeToLive: "30 seconds"
    })
    const register = Effect.fnUntraced(function*(job: JobId) {
      const watcher = yield* Queue.sliding<void>(1)
      const own = watchers.get(job) ?? new Set()
      watchers.set(job, own.add(watcher))
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          own.delete(watcher)
          if (own.size === 0) watchers.delete(job)
        })
      )
      yield* RcRef.get(router)
      if (listening) yield* Queue.offer(watcher, undefined)
      return Stream.fromQueue(watcher)
    })
    return (job) => Stream.unwrap(register(job))
  })
