/**
 * Locks a directory for one process. The lock is SQLite's file lock and thus the kernel's: it ends with its process in any
 * case, and stale files or reused pids cannot be mistaken for a holder. The file contains the holder's pid.
 */
import { Effect, Predicate, type Scope } from "effect"
import { pid } from "node:process"
import { DatabaseSync } from "node:sqlite"
import { DatabaseUnreachable } from "../connection/DatabaseUnreachable.ts"

/** True: held by us until the scope closes. False: held by another holder, possibly in this process. */
export const lockDirectory = (file: string): Effect.Effect<boolean, DatabaseUnreachable, Scope.Scope> =>
  Effect.acquireRelease(
    attempt(file, () => lock(file)),
    (held) => Effect.sync(() => held?.close())
  ).pipe(Effect.map((held) => held !== undefined))

export const lockHolder = (file: string): Effect.Effect<number | undefined, DatabaseUnreachable> =>
  attempt(file, () => {
    using database = new DatabaseSync(file, { timeout: 0 })
    const holder = database.prepare("PRAGMA user_version").get()?.["user_version"]
    return typeof holder === "number" ? holder : undefined
  })

const lock = (file: string): DatabaseSync | undefined => {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${pid}; COMMIT`)
    database.exec("BEGIN IMMEDIATE") // unlike EXCLUSIVE, this lets others read the pid
    return database
  } catch (error) {
    database.close()
    if (Predicate.hasProperty(error, "errcode") && error.errcode === sqliteBusy) return undefined
    throw error
  }
}
const sqliteBusy = 5

const attempt = <A>(file: string, evaluate: () => A) =>
  Effect.try({
    try: evaluate,
    catch: (cause) =>
      new DatabaseUnreachable({ message: `The lock file ${file} cannot be used: ${String(cause)}.`, cause })
  })
