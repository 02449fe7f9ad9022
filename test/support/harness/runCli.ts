/** The command line with its output and exit code: in the test's process, or as a separate process. */
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Cause, ConfigProvider, Console, Effect, Exit, Layer, Runtime, Stdio, Stream } from "effect"
import { spawn } from "node:child_process"
import { execPath } from "node:process"
import { ReleaseTargetsLive } from "../../../layers/App/ReleaseTargets.ts"
import { ReachabilityNode } from "../../../layers/Reachability/Node.ts"
import { accessa } from "../../../src/cli/accessa.ts"
import { compiled } from "../../faults/Process.ts"

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

export const runCli = (args: ReadonlyArray<string>, { env = {}, ...options }: RunOptions = {}): Effect.Effect<Ran> =>
  runCliIn(ConfigProvider.fromEnv({ env }), args, options)

export const runCliIn = (
  environment: ConfigProvider.ConfigProvider,
  args: ReadonlyArray<string>,
  { stdin = "" }: Pick<RunOptions, "stdin"> = {}
): Effect.Effect<Ran> =>
  Effect.gen(function*() {
    let stdout = ""
    let stderr = ""
    const heard: Console.Console = {
      ...globalThis.console,
      log: (line) => void (stdout += `${line}\n`),
      error: (line) => void (stderr += `${line}\n`)
    }
    const surroundings = Layer.mergeAll(
      NodeServices.layer,
      NodeHttpClient.layerNodeHttp,
      ReachabilityNode,
      ReleaseTargetsLive,
      Stdio.layerTest({ args: Effect.succeed(args), stdin: Stream.make(new TextEncoder().encode(stdin)) }),
      ConfigProvider.layer(environment),
      Layer.succeed(Console.Console, heard)
    )
    const exit = yield* Effect.exit(Effect.provide(accessa, surroundings))
    const code = Exit.isSuccess(exit) ? 0 : Runtime.getErrorExitCode(Cause.squash(exit.cause))
    return { code, stdout, stderr }
  })

const entry = new URL("../../../src/bin/accessa.ts", import.meta.url).pathname

export const spawnCli = (
  args: ReadonlyArray<string>,
  /** `interruptAfter`: sends SIGINT once this was written to stderr. `unread`: stdout is closed at its other end. */
  { env = {}, interruptAfter, stdin = "", unread = false }: RunOptions & {
    readonly interruptAfter?: string
    readonly unread?: boolean
  } = {}
): Effect.Effect<Ran> =>
  Effect.callback((resume) => {
    const child = spawn(execPath, [entry, ...args], { env: { ...compiled, ...env } })
    let stdout = ""
    let stderr = ""
    let interrupted = false
    if (unread) child.stdout.destroy()
    child.stdout.on("data", (part) => stdout += part)
    child.stderr.on("data", (part) => {
      stderr += part
      // A second one would end it at once.
      if (interruptAfter === undefined || interrupted || !stderr.includes(interruptAfter)) return
      interrupted = child.kill("SIGINT")
    })
    child.on("close", (code) => resume(Effect.succeed({ code, stdout, stderr })))
    child.stdin.end(stdin)
    return Effect.sync(() => void child.kill())
  })
