/** The main thread's side of `fileThread.ts`: batches requests of many fibers, and replaces a crashed thread. */
import { Deferred, Effect, Exit, Pool, Schema, type Scope } from "effect"
import { Worker } from "node:worker_threads"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import { makeCoalescer } from "../../shared/coalesce.ts"
import { threadEnv } from "../../shared/threadEnv.ts"
import { fileError } from "./fileError.ts"
import type { FileReply, FileTask } from "./fileThread.ts"

export interface FileThread {
  /** Writes the draft and moves it to its place once synced; fails if the place is taken. */
  readonly write: (draft: string, target: string, bytes: Uint8Array) => Effect.Effect<void, ServiceError>
  /** The same for an existing draft. */
  readonly publish: (draft: string, target: string) => Effect.Effect<void, ServiceError>
  /** Undefined if the file has more bytes than `limit`. */
  readonly read: (path: string, limit: number) => Effect.Effect<Uint8Array | undefined, ServiceError | FileAbsent>
}

/** No such file, or a folder where the file would be. */
class FileAbsent extends Schema.TaggedError<FileAbsent>()("FileAbsent", {}) {}

export const makeFileThread: Effect.Effect<FileThread, never, Scope.Scope> = Effect.gen(function*() {
  // A thread takes 12 MB: the second one comes when a read has to wait for a write.
  const pool = yield* Pool.makeWithTTL({ acquire: startThread, min: 1, max: 2, timeToLive: "1 minute" })

  const run = (tasks: ReadonlyArray<FileTask>) =>
    Effect.gen(function*() {
      const thread = yield* Pool.get(pool)
      const replies = yield* post(thread, tasks).pipe(Effect.onError(() => Pool.invalidate(pool, thread)))
      return replies.map(toExit)
    }).pipe(Effect.scoped)
  // Reads do not wait for other requests' syncs.
  const write = yield* makeCoalescer(run, { most: 64, lanes: 1 })
  const read = yield* makeCoalescer(run, { most: 64, lanes: 1 })

  return {
    write: (draft, target, bytes) => done(write({ _tag: "write", draft, target, bytes })),
    publish: (draft, target) => done(write({ _tag: "publish", draft, target })),
    read: (path, limit) => read({ _tag: "read", path, limit })
  }
})

/** Only a read requires the file to exist. */
const done = Effect.fnUntraced(function*(task: Effect.Effect<unknown, ServiceError | FileAbsent>) {
  yield* Effect.catchTag(task, "FileAbsent", () => Effect.fail(fileError("ENOENT")))
})

const toExit = (reply: FileReply): Exit.Exit<Uint8Array | undefined, ServiceError | FileAbsent> => {
  if (reply._tag === "bytes") return Exit.succeed(reply.bytes)
  if (reply._tag !== "failed") return Exit.succeed(undefined)
  return Exit.fail(absent.has(reply.errno) ? new FileAbsent() : fileError(reply.errno))
}

const absent = new Set<string | undefined>(["ENOENT", "ENOTDIR", "EISDIR"])

const startThread: Effect.Effect<Worker, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const thread = new Worker(new URL("./fileThread.ts", import.meta.url), { env: threadEnv(), argv: [], execArgv: [] })
    // An idle thread keeps no process alive.
    thread.unref()
    // A waiting caller is notified of errors, too; without this listener, an error with no caller waiting would end the
    // process.
    thread.on("error", () => {})
    return thread
  }),
  (thread) => Effect.promise(() => thread.terminate())
)

const post = (thread: Worker, tasks: ReadonlyArray<FileTask>): Effect.Effect<ReadonlyArray<FileReply>, ServiceError> =>
  Effect.suspend(() => {
    const answer = Deferred.makeUnsafe<ReadonlyArray<FileReply>, ServiceError>()
    const onMessage = (replies: ReadonlyArray<FileReply>) => Deferred.doneUnsafe(answer, Exit.succeed(replies))
    const onEnd = () => Deferred.doneUnsafe(answer, Exit.fail(fileError(undefined)))
    thread.on("message", onMessage).on("error", onEnd).on("exit", onEnd).ref()
    thread.postMessage(tasks)
    return Deferred.await(answer).pipe(
      Effect.ensuring(Effect.sync(() => {
        thread.off("message", onMessage).off("error", onEnd).off("exit", onEnd).unref()
      }))
    )
  })
