/** What is refused for now is sent again; the wait may be long, so each reason for it is said once. */
import { Effect, Schedule } from "effect"
import { type ApiError, isPassing } from "../../client/apiFailure.ts"
import { Client } from "../../client/Client.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"

/**
 * As long as an API that restarts is waited for, and as its limits per minute need. `write` puts a line where the progress does
 * not overwrite it.
 */
export const retries = Effect.fnUntraced(function*(write = (line: Effect.Effect<void>) => line) {
  const { failureOf } = yield* Client
  const { json, note } = yield* Output
  const said = new Set<string>()
  const say = Effect.fnUntraced(function*(error: ApiError): Effect.fn.Return<void> {
    const { code, what } = yield* failureOf(error)
    if (json || said.has(code)) return
    said.add(code)
    yield* write(note(`Trying again for up to two minutes. ${printable(code)}: ${printable(what)}`))
  })
  return Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("5 seconds")]).pipe(
    Schedule.upTo({ duration: "2 minutes" }),
    Schedule.setInputType<ApiError>(),
    Schedule.while(({ input }) => isPassing(input) ? Effect.as(say(input), true) : Effect.succeed(false))
  )
})

export type Again = Effect.Success<ReturnType<typeof retries>>
