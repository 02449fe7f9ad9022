/** Starts an entry point of `src/bin` in a process of its own, and waits until its health endpoint answers. */
import { Effect, Schedule } from "effect"
import { HttpClient } from "effect/http"
import { ChildProcess } from "effect/process"

export const startProgram = Effect.fnUntraced(function*(
  program: string,
  port: string,
  env: Readonly<Record<string, string>>
) {
  const options = { env, extendEnv: true, stdout: "ignore", stderr: "inherit" } as const
  const { pid } = yield* ChildProcess.make("node", ["--max-semi-space-size=16", `src/bin/${program}.ts`], options)
  yield* HttpClient.get(`http://127.0.0.1:${port}/health`).pipe(
    Effect.retry(Schedule.max([Schedule.spaced("200 millis"), Schedule.recurs(300)]))
  )
  return pid
})
