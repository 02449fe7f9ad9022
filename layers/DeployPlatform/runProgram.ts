/** Runs a platform's command line program to its end. */
import { Effect, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

export const makeRunProgram = Effect.map(
  ChildProcessSpawner.ChildProcessSpawner,
  (spawner) =>
    Effect.fnUntraced(function*(
      command: string,
      args: ReadonlyArray<string>,
      options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}
    ) {
      const child = yield* spawner.spawn(
        ChildProcess.make(command, args, { ...options, extendEnv: true, stdin: "ignore" })
      )
      const [said, errors, code] = yield* Effect.all([
        Stream.mkString(Stream.decodeText(child.stdout)),
        Stream.mkString(Stream.decodeText(child.stderr)),
        child.exitCode
      ], { concurrency: "unbounded" })
      const [last = "no reason"] = errors.trim().split("\n").slice(-1)
      /** `reason` is the last line of its errors, at most 300 characters. */
      return { code, said, errors, reason: last.slice(0, 300) }
    }, Effect.scoped)
)
