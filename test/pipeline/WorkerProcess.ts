/** A worker as a separate process, which a test can kill. */
import { Deferred, Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { env, execPath } from "node:process"
import { compiled } from "../faults/Process.ts"

const entry = new URL("../../src/bin/worker.ts", import.meta.url).pathname

export interface WorkerProcess {
  /** Returns when it is gone: the signal, or its exit code. */
  readonly stop: (signal: "SIGKILL" | "SIGTERM") => Effect.Effect<string | number | null>
  /** What the test waits for from it: if it ends before, so does the wait. What it said last is logged. */
  readonly during: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const lastWords = 2_000

export const startWorker = (
  settings: Readonly<Record<string, string>>
): Effect.Effect<WorkerProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(execPath, [entry], { env: { PATH: env["PATH"], ...compiled, ...settings } })
      let said = ""
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (part: Buffer) => {
          said = `${said}${part.toString("utf8")}`.slice(-lastWords)
        })
      }
      const gone = Deferred.makeUnsafe<never>()
      child.once("exit", () => Deferred.doneUnsafe(gone, Effect.die(new Error("The worker ended."))))
      const stop = (signal: "SIGKILL" | "SIGTERM") =>
        Effect.callback<string | number | null>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) {
            return resume(Effect.succeed(child.signalCode ?? child.exitCode))
          }
          child.once("exit", (code, killedBy) => resume(Effect.succeed(killedBy ?? code)))
          child.kill(signal)
        })
      const worker: WorkerProcess = {
        stop,
        during: (work) =>
          Effect.raceFirst(work, Deferred.await(gone)).pipe(
            Effect.tapCause(() => Effect.logError(`The worker said last: ${said}`))
          )
      }
      return worker
    }),
    ({ stop }) => stop("SIGKILL")
  )
