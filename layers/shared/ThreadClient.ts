/** A thread for request and response: one request at a time, each answered by one message. It ends with the scope. */
import { Deferred, Effect, Exit, type Scope } from "effect"
import type { Transferable, Worker } from "node:worker_threads"

/** It crashed, or ended before it answered. */
export class ThreadFailed {
  readonly _tag = "ThreadFailed"
}

export interface ThreadClient {
  readonly tell: (message: unknown, transfer?: ReadonlyArray<Transferable>) => void
  readonly ask: (message: unknown, transfer?: ReadonlyArray<Transferable>) => Effect.Effect<unknown, ThreadFailed>
}

export const openThread = (start: () => Worker): Effect.Effect<ThreadClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const thread = yield* Effect.acquireRelease(Effect.sync(start), (it) => Effect.promise(() => it.terminate()))
    let hasFailed = false
    let answer: Deferred.Deferred<unknown, ThreadFailed> | undefined
    const fail = () => {
      hasFailed = true
      if (answer !== undefined) Deferred.doneUnsafe(answer, Exit.fail(new ThreadFailed()))
    }
    thread.on("message", (message: unknown) => {
      if (answer !== undefined) Deferred.doneUnsafe(answer, Exit.succeed(message))
    }).on("error", fail).on("messageerror", fail).on("exit", fail)
    // It keeps the process alive only while a caller is waiting.
    thread.unref()

    const tell: ThreadClient["tell"] = (message, transfer = []) => thread.postMessage(message, [...transfer])
    return {
      tell,
      ask: (message, transfer) =>
        Effect.suspend(() => {
          if (hasFailed) return Effect.fail(new ThreadFailed())
          answer = Deferred.makeUnsafe<unknown, ThreadFailed>()
          thread.ref()
          tell(message, transfer)
          return Effect.ensuring(Deferred.await(answer), Effect.sync(() => thread.unref()))
        })
    }
  })
