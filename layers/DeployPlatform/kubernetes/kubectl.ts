/** Runs `kubectl` in one namespace, and reads the JSON that it answers. */
import { type Duration, Effect, FileSystem, Schema } from "effect"
import { PlatformFailed } from "../../../services/DeployPlatform.ts"
import { makeRunProgram } from "../runProgram.ts"

export interface KubernetesOptions {
  readonly namespace: string
  /** The Secret with the settings of all services, a key each. */
  readonly secret: string
  /** `kubectl`, or another program that takes its arguments. */
  readonly command: string
  readonly callTimeout: Duration.Input
}

export const kubectl = Effect.fnUntraced(function*({ callTimeout, command, namespace }: KubernetesOptions) {
  const runProgram = yield* makeRunProgram
  const fs = yield* FileSystem.FileSystem

  const once = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
    const { code, errors, reason, said } = yield* runProgram(command, ["--namespace", namespace, ...args])
    if (code === 0) return said
    return yield* new PlatformFailed({
      message: `kubectl ${args.slice(0, 3).join(" ")} ended with ${code}: ${reason}`,
      retryable: !/NotFound|Forbidden|Invalid/.test(errors)
    })
  })

  const run = (args: ReadonlyArray<string>) =>
    once(args).pipe(
      Effect.catchTag("PlatformError", ({ message }) =>
        Effect.fail(new PlatformFailed({ message: `${command} cannot be run: ${message}`, retryable: false }))),
      Effect.timeoutOrElse({
        duration: callTimeout,
        orElse: () =>
          Effect.fail(new PlatformFailed({ message: `kubectl ${args[0]} did not end in time.`, retryable: true }))
      }),
      Effect.withSpan("DeployPlatform.kubectl")
    )
  const get = <A>(schema: Schema.Codec<A, string>, ...args: ReadonlyArray<string>) =>
    Effect.flatMap(run(["get", ...args, "--output", "json"]), (said) =>
      Effect.mapError(
        Schema.decodeEffect(schema)(said),
        () => new PlatformFailed({ message: `The answer of kubectl get ${args[0]} cannot be read.`, retryable: false })
      ))
  /** Changes a part of an object. The change is in a file, because other users of the machine can read a command's arguments. */
  const patch = (kind: string, name: string, type: "merge" | "strategic", change: unknown) =>
    Effect.gen(function*() {
      const file = `${yield* fs.makeTempDirectoryScoped()}/patch.json`
      yield* fs.writeFileString(file, JSON.stringify(change), { mode: 0o600 })
      yield* run(["patch", kind, name, `--type=${type}`, `--patch-file=${file}`])
    }).pipe(
      Effect.scoped,
      Effect.catchTag(
        "PlatformError",
        ({ message }) =>
          Effect.fail(new PlatformFailed({ message: `No file can be written: ${message}`, retryable: false }))
      )
    )
  return { run, get, patch }
})
