/** One of our programs as a separate process, which a case can stop in every way a machine can. */
import { Effect, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { createWriteStream } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env as ours, execPath, kill } from "node:process"
import { Unexpected } from "./Case.ts"

const programs = ["api", "worker", "monitor", "mock-llamaparse", "mock-openai", "start"] as const
export type Program = (typeof programs)[number]

export interface Process {
  readonly pid: number
  /** Sends the signal without waiting. */
  readonly signal: (signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT" | "SIGUSR2") => Effect.Effect<void>
  /** The exit code, or the signal that ended it. */
  readonly exited: Effect.Effect<number | string>
  /** Kills it with -9 and waits until it is gone. */
  readonly kill: Effect.Effect<void>
  /** Its output so far. */
  readonly output: () => string
}

interface Start {
  readonly program: Program
  /** The project's root. */
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** Responds with 200 once the process is ready. */
  readonly health: URL
}

export const startProcess = (start: Start): Effect.Effect<Process, Unexpected, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(() => spawned(start)), (process) => process.kill).pipe(
    Effect.tap((process) => ready(start, process))
  )

/** Loading the modules of a program takes 40% less processor time with it. */
export const compiled = { NODE_COMPILE_CACHE: ours["NODE_COMPILE_CACHE"] ?? join(tmpdir(), "accessa-compiled") }

const spawned = ({ directory, env, logFile, program }: Start): Process & { readonly child: ChildProcess } => {
  const child = spawn(execPath, [`src/bin/${program}.ts`], {
    cwd: directory,
    env: { ...compiled, ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })
  const log = createWriteStream(logFile, { flags: "a" })
  const parts: Array<string> = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part: Buffer) => {
      parts.push(part.toString("utf8"))
      log.write(part)
    })
  }
  const gone = () => child.exitCode !== null || child.signalCode !== null
  const end = new Promise<number | string>((resolve) => {
    const answer = () => resolve(child.signalCode ?? child.exitCode ?? "never started")
    child.once("exit", answer)
    child.once("error", answer)
  })
  const exited = Effect.promise(() => end)
  const pid = child.pid ?? 0
  const signal: Process["signal"] = (name) => Effect.sync(() => gone() || pid === 0 ? undefined : kill(pid, name))
  return {
    child,
    pid,
    signal,
    exited,
    kill: signal("SIGKILL").pipe(Effect.andThen(exited), Effect.asVoid),
    output: () => parts.join("")
  }
}

/** A process that ends before it is ready says why in its output. */
const ready = ({ health, program }: Start, process: Process) => {
  // Requests between listening and serving are never answered.
  const answers = Effect.promise(() =>
    fetch(health, { signal: AbortSignal.timeout(5_000) }).then((response) => response.ok, () => false)
  )
  return answers.pipe(
    Effect.delay("50 millis"),
    Effect.repeat({ until: (ok) => ok }),
    Effect.asVoid,
    Effect.raceFirst(
      Effect.flatMap(
        process.exited,
        (code) =>
          Effect.fail(new Unexpected({ message: `${program} ended with ${code}: ${process.output().slice(-500)}` }))
      )
    ),
    Effect.timeoutOrElse({
      duration: "2 minutes",
      orElse: () =>
        Effect.fail(
          new Unexpected({ message: `${program} is not ready after two minutes: ${process.output().slice(-500)}` })
        )
    })
  )
}
