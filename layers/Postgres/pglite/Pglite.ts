/**
 * The embedded database: PGlite in its own thread, behind a Unix socket. The first process owns the directory; later ones
 * join it through the socket, so that a worker started next to the stack sees the same jobs.
 */
import { PgClient } from "@effect/sql-pg"
import { Deferred, Effect, Predicate, Schedule } from "effect"
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { Worker } from "node:worker_threads"
import { makeTreePrivate } from "../../shared/privateFiles.ts"
import { DatabaseUnreachable } from "../connection/DatabaseUnreachable.ts"
import { lockDirectory, lockHolder } from "./lockDirectory.ts"
import { pgliteClient } from "./pgliteClient.ts"
import type { PgliteTask } from "./pgliteWorker.ts"
import { vacuumChanged } from "./vacuum.ts"

export const DatabasePglite = (options: { readonly dataDir: string }) =>
  PgClient.layerFrom(Effect.gen(function*() {
    const place = yield* locate(options.dataDir)
    const owns = (yield* ownOrJoin(place)) === "own"
    if (owns) yield* serve(place)
    const client = yield* pgliteClient({ path: place.socket })
    yield* client`SELECT 1`.pipe(Effect.catch(() => unanswered(place)))
    if (owns) yield* Effect.forkScoped(vacuum(client))
    return client
  }))

/** As often as autovacuum looks. */
const vacuum = (client: PgClient.PgClient) =>
  Effect.repeat(
    Effect.ignore(Effect.andThen(Effect.sleep("1 minute"), vacuumChanged(client)), { log: true }),
    Schedule.forever
  )

interface Place {
  readonly data: string
  readonly lock: string
  readonly socket: string
}

/** A socket's path is limited to about 100 bytes, so the socket is not in the directory but named after it. */
const locate = (dataDir: string): Effect.Effect<Place, DatabaseUnreachable> =>
  Effect.try({
    try: () => {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 })
      const directory = realpathSync(dataDir)
      const name = createHash("sha256").update(directory).digest("hex").slice(0, 16)
      return {
        data: join(directory, "data"),
        lock: join(directory, "lock"),
        socket: join(tmpdir(), `accessa-${name}.sock`)
      }
    },
    catch: (cause) =>
      new DatabaseUnreachable({ message: `The data directory ${dataDir} cannot be created: ${String(cause)}.`, cause })
  })

/** The owner may be starting up or may have just exited. */
const ownOrJoin = (place: Place) =>
  Effect.gen(function*() {
    if (yield* lockDirectory(place.lock)) return "own" as const
    return (yield* answers(place.socket)) ? "join" as const : undefined
  }).pipe(
    Effect.repeat({ until: Predicate.isNotUndefined, schedule: Schedule.spaced("100 millis") }),
    Effect.timeoutOrElse({ duration: "20 seconds", orElse: () => unanswered(place) })
  )

const answers = (socket: string): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const probe = connect(socket)
    probe.once("connect", () => {
      probe.destroy()
      resume(Effect.succeed(true))
    })
    probe.once("error", () => resume(Effect.succeed(false)))
    return Effect.sync(() => probe.destroy())
  })

const unanswered = Effect.fnUntraced(function*(place: Place) {
  const pid = yield* lockHolder(place.lock)
  return yield* new DatabaseUnreachable({
    message: `Process ${pid ?? "unknown"} has the embedded database in ${place.data} open, but does not answer at `
      + `${place.socket}. Stop that process and start again, or set ACCESSA_DATA_DIR to another directory.`
  })
})

/** Serves until the scope closes. A failed thread is replaced; clients reconnect automatically. */
const serve = Effect.fnUntraced(function*({ data, socket }: Place) {
  if (!existsSync(data)) yield* initialize(data)
  const ready = yield* Deferred.make<void, DatabaseUnreachable>()
  yield* runThread({ dataDir: data, socketPath: socket }, () => Deferred.doneUnsafe(ready, Effect.void)).pipe(
    Effect.tapError((error) => Deferred.fail(ready, error)),
    Effect.tapError((error) => Effect.logError("The embedded database failed and is being reopened", error)),
    Effect.retry(Schedule.spaced("1 second")),
    Effect.forkScoped
  )
  yield* Deferred.await(ready)
})

const initializer = fileURLToPath(new URL("./initialize.ts", import.meta.url))

/** Under a temporary name first, so that a crash leaves no incomplete directory behind. */
const initialize = Effect.fnUntraced(function*(data: string) {
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  yield* Effect.tryPromise({
    try: (signal) => promisify(execFile)(execPath, [initializer, unfinished], { signal }),
    catch: (cause) => failedIn(unfinished, cause)
  })
  // A file system without modes must not stop the start; the log says so.
  yield* Effect.ignore(Effect.try(() => makeTreePrivate(unfinished)), { log: true })
  renameSync(unfinished, data)
})

/** Ends when the thread does; interrupted, it lets the thread close the database first. */
const runThread = (task: PgliteTask, onReady: () => void): Effect.Effect<void, DatabaseUnreachable> =>
  Effect.callback((resume) => {
    const worker = new Worker(new URL("./pgliteWorker.ts", import.meta.url), { workerData: task })
    const failed = (cause: unknown) => resume(Effect.fail(failedIn(task.dataDir, cause)))
    worker.once("message", onReady)
    worker.once("error", failed)
    worker.once("exit", (code) => code === 0 ? resume(Effect.void) : failed(`its thread ended with ${code}`))
    return Effect.callback<void>((closed) => {
      worker.once("exit", () => closed(Effect.void))
      worker.postMessage("close")
    }).pipe(Effect.timeoutOrElse({ duration: "10 seconds", orElse: () => Effect.promise(() => worker.terminate()) }))
  })

const failedIn = (dataDir: string, cause: unknown) =>
  new DatabaseUnreachable({
    message: `The embedded database in ${dataDir} failed: ${
      String(cause)
    }. If it cannot be opened again, move that directory away to start with an empty one.`,
    cause
  })
