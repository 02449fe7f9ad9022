/** `accessa mock`: inspects the mock providers, and makes them fail by a scenario. */
import { Effect, FileSystem } from "effect"
import { Argument, Command } from "effect/cli"
import { askMock, mockFlags } from "../client/MockServers.ts"
import { failure } from "../CommandFailure.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"

const both = (method: "GET" | "POST" | "PUT" | "DELETE", path: string) =>
  Effect.fnUntraced(function*(urls: { readonly llamaparse: URL; readonly openai: URL }, body?: string) {
    return yield* Effect.all({
      llamaparse: askMock("llamaparse", urls.llamaparse, method, path, body),
      openai: askMock("openai", urls.openai, method, path, body)
    }, { concurrency: 2 })
  })

const show = both("GET", "/mock/state")
const clear = both("POST", "/mock/reset")
const begin = both("PUT", "/mock/scenario")
const end = both("DELETE", "/mock/scenario")

const state = Command.make("state", mockFlags, (urls) =>
  Effect.gen(function*() {
    const output = yield* Output
    const answers = yield* show(urls)
    yield* output.record(answers)
    for (const line of JSON.stringify(answers, null, 2).split("\n")) {
      yield* output.print(line.replace(/\S.*/u, printable))
    }
  })).pipe(Command.withDescription("Show the mocks' state and calls"))

const reset = Command.make("reset", mockFlags, (urls) =>
  Effect.gen(function*() {
    const output = yield* Output
    yield* output.record(yield* clear(urls))
    yield* output.print("Both mocks are reset.")
  })).pipe(Command.withDescription("Forget all calls, jobs and scripted failures"))

const play = Command.make("play", {
  file: Argument.String("file").pipe(Argument.withDescription("A scenario, such as examples/scenarios/outage.yml")),
  ...mockFlags
}, ({ file, ...urls }) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const output = yield* Output
    const scenario = yield* fs.readFileString(file).pipe(Effect.mapError(() =>
      failure("usage", "FILE_UNREADABLE", `${file} cannot be read.`, "Name a file with a scenario (docs/mocks.md).")
    ))
    yield* output.record(yield* begin(urls, scenario))
    yield* output.print(`Both mocks play ${printable(file)}. \`accessa mock stop\` ends it.`)
  })).pipe(Command.withDescription("Make the mocks fail according to a scenario"))

const stop = Command.make("stop", mockFlags, (urls) =>
  Effect.gen(function*() {
    const output = yield* Output
    yield* output.record(yield* end(urls))
    yield* output.print("Both mocks behave normally.")
  })).pipe(Command.withDescription("End the scenario"))

export const mock = Command.make("mock").pipe(
  Command.withDescription("Inspect the mock providers, and make them fail"),
  Command.withSubcommands([state, play, stop, reset])
)
