/** A thread for request and response: one request at a time, each answered by one message. It ends with the scope. */
import { Deferred, Effect, Exit, type Scope } from "effect"
import type { Transferable, Worker } from "node:worker_threads"

/** It crashed, or ended before it answered. */
export class ThreadBroke {
  readonly _tag = "ThreadBroke"
}

export interface Conversation {
  readonly tell: (message: unknown, transfer?: ReadonlyArray<Transferable>) => void
  readonly ask: (message: unknown, transfer?: ReadonlyArray<Transferable>) => Effect.Effect<unknown, ThreadBroke>
}

export const converse = (start: () => Worker): Effect.Effect<Conversation, never, Scope.Scope> =>
  Effect.gen(function*() {
    const thread = yield* Effect.acquireRelease(Effect.sync(start), (it) => Effect.promise(() => it.terminate()))
    let isBroken = false
    let answer: Deferred.Deferred<unknown, ThreadBroke> | undefined
    const broke = () => {
      isBroken = true
      if (answer !== undefined) Deferred.doneUnsafe(answer, Exit.fail(new ThreadBroke()))
    }
    thread.on("message", (message: unknown) => {
      if (answer !== undefined) Deferred.doneUnsafe(answer, Exit.succeed(message))
    }).on("error", broke).on("messageerror", broke).on("exit", broke)
    // It keeps the process alive only while a caller is waiting.
    thread.unref()

    const tell: Conversation["tell"] = (message, transfer = []) => thread.postMessage(message, [...transfer])
    return {
      tell,
      ask: (message, transfer) =>
        Effect.suspend(() => {
          if (isBroken) return Effect.fail(new ThreadBroke())
          answer = Deferred.makeUnsafe<unknown, ThreadBroke>()
          thread.ref()
          tell(message, transfer)
          return Effect.ensuring(Deferred.await(answer), Effect.sync(() => thread.unref()))
        })
    }
  })
