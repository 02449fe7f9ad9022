/**
 * The suite's own PostgreSQL server, created by `initdb` and controlled by `pg_ctl`, which are looked up in `PG_BIN` and in
 * `PATH`. Cases may crash and restart it.
 */
import { Config, Effect, Option, type Scope } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { getuid, kill } from "node:process"
import { Unexpected } from "./Case.ts"

export interface PostgresServer {
  /** For the superuser, on the database `postgres`. */
  readonly url: string
  readonly port: number
  readonly stop: (mode: "fast" | "immediate") => Effect.Effect<void, Unexpected>
  readonly start: Effect.Effect<void, Unexpected>
  /** `kill -9` of the postmaster; start it again with `start`. */
  readonly crash: Effect.Effect<void>
}

/** The directory with the server's programs; undefined where there is none. */
export const postgresPrograms = Effect.gen(function*() {
  const given = Option.getOrUndefined(yield* Config.option(Config.String("PG_BIN")))
  const path = Option.getOrElse(yield* Config.option(Config.String("PATH")), () => "")
  return [...(given === undefined ? [] : [given]), ...path.split(delimiter)].find((directory) =>
    existsSync(join(directory, "initdb")) && existsSync(join(directory, "pg_ctl"))
  )
})

export const startPostgres = (
  programs: string,
  port: number,
  within: string = tmpdir(),
  /** Such as `-c name=value`. */
  more = ""
): Effect.Effect<PostgresServer, Unexpected, Scope.Scope> =>
  Effect.gen(function*() {
    const home = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(within, "accessa-faults-pg-"))),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
    )
    const owner = ordinaryUser()
    if (owner !== undefined) chownSync(home, owner.uid, owner.gid)
    const data = join(home, "data")
    const run = (program: string, parameters: ReadonlyArray<string>) =>
      Effect.callback<void, Unexpected>((resume) => {
        const child = spawn(join(programs, program), parameters, {
          cwd: home,
          stdio: ["ignore", "ignore", "ignore"],
          env: {},
          ...owner
        })
        child.once("error", (cause) => resume(Effect.fail(new Unexpected({ message: `${program}: ${cause.message}` }))))
        child.once(
          "exit",
          (code) =>
            resume(
              code === 0 ? Effect.void : Effect.fail(new Unexpected({ message: `${program} ended with ${code}.` }))
            )
        )
      })
    const options = `-p ${port} -k ${home} -h 127.0.0.1 -c max_connections=200 -c max_locks_per_transaction=256 ${more}`
    const stop = (mode: "fast" | "immediate") => run("pg_ctl", ["-D", data, "-w", "-m", mode, "stop"])
    // After a crash the orphaned backends keep the shared memory for a moment.
    const start = run("pg_ctl", ["-D", data, "-l", join(home, "log"), "-w", "-o", options, "start"]).pipe(
      Effect.retry({ times: 30, while: () => true }),
      Effect.delay("50 millis")
    )
    yield* run("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale"])
    yield* Effect.acquireRelease(start, () => Effect.ignore(stop("immediate")))
    return {
      url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
      port,
      stop,
      start,
      crash: Effect.sync(() => {
        const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0])
        kill(pid, "SIGKILL")
      })
    }
  })

/** The server refuses to run as root, so it runs as `postgres` or as `nobody`. */
const ordinaryUser = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (getuid?.() !== 0) return undefined
  const id = (flag: string, user: string) => Number(spawnSync("id", [flag, user]).stdout.toString().trim())
  const user = spawnSync("id", ["postgres"]).status === 0 ? "postgres" : "nobody"
  return { uid: id("-u", user), gid: id("-g", user) }
}
