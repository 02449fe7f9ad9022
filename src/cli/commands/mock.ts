/** `accessa mock`: inspects and resets the mock providers. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { askMock, mockFlags } from "../client/MockServers.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"

const both = (method: "GET" | "POST", path: string) =>
  Effect.fnUntraced(function*(urls: { readonly llamaparse: URL; readonly openai: URL }) {
    return yield* Effect.all({
      llamaparse: askMock("llamaparse", urls.llamaparse, method, path),
      openai: askMock("openai", urls.openai, method, path)
    }, { concurrency: 2 })
  })

const show = both("GET", "/mock/state")
const clear = both("POST", "/mock/reset")

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

export const mock = Command.make("mock").pipe(
  Command.withDescription("Inspect and reset the mock providers"),
  Command.withSubcommands([state, reset])
)
