/** A worker as a separate process, which a test can kill. */
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { env, execPath } from "node:process"
import { compiled } from "../faults/Process.ts"

const entry = new URL("../../src/bin/worker.ts", import.meta.url).pathname

export interface WorkerProcess {
  /** Returns when it is gone: the signal, or its exit code. */
  readonly stop: (signal: "SIGKILL" | "SIGTERM") => Effect.Effect<string | number | null>
}

export const startWorker = (
  settings: Readonly<Record<string, string>>
): Effect.Effect<WorkerProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(execPath, [entry], { env: { PATH: env["PATH"], ...compiled, ...settings } })
      child.stdout.resume()
      child.stderr.resume()
      const stop = (signal: "SIGKILL" | "SIGTERM") =>
        Effect.callback<string | number | null>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) {
            return resume(Effect.succeed(child.signalCode ?? child.exitCode))
          }
          child.once("exit", (code, killedBy) => resume(Effect.succeed(killedBy ?? code)))
          child.kill(signal)
        })
      return { stop }
    }),
    ({ stop }) => stop("SIGKILL")
  )
