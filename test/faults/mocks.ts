/** The mock providers as a case controls them: the faults they produce, the calls they received, and what they billed. */
import { Effect, Schema } from "effect"
import type { Scenario } from "../../src/mocks/scenarios/Scenario.ts"
import { eventually } from "./judge.ts"

/** In the vocabulary of docs/mocks.md; times are strings such as `2s`. */
export const play = (mock: URL, scenario: Omit<typeof Scenario.Encoded, "name">) =>
  Effect.promise(() =>
    fetch(new URL("/mock/scenario", mock), {
      method: "PUT",
      headers: { "content-type": "application/yaml" },
      body: JSON.stringify({ name: "fault", ...scenario })
    })
  ).pipe(Effect.flatMap((response) =>
    response.ok
      ? Effect.void
      : Effect.flatMap(Effect.promise(() => response.text()), (text) => Effect.die(new Error(text)))
  ))

export const endScenario = (mock: URL) =>
  Effect.promise(() => fetch(new URL("/mock/scenario", mock), { method: "DELETE" })).pipe(Effect.asVoid)

const State = Schema.Struct({
  calls: Schema.Record(Schema.String, Schema.Int),
  scenario: Schema.NullOr(Schema.Struct({ steps: Schema.Array(Schema.Struct({ used: Schema.Int })) }))
})
const OpenAIState = Schema.Struct({
  usage: Schema.Struct({ requests: Schema.Int, vectors: Schema.Int, tokens: Schema.Int })
})

/** The mocks are ours: an unexpected answer is a defect of the suite. */
const read = <A>(mock: URL, schema: Schema.Decoder<A>) =>
  Effect.promise(() => fetch(new URL("/mock/state", mock)).then((response) => response.json())).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(schema)),
    Effect.orDie
  )

const stateOf = (mock: URL) => read(mock, State)

/** What the mock OpenAI has billed. */
export const billed = (openai: URL) => Effect.map(read(openai, OpenAIState), ({ usage }) => usage)

/** Calls a mock has answered, by status. */
export const calls = (mock: URL) => Effect.map(stateOf(mock), (state) => state.calls)

/** Calls that have matched a step of the scenario, answered or not; the first step if none is named. */
export const met = (mock: URL, step = 0) =>
  Effect.map(stateOf(mock), ({ scenario }) => scenario?.steps[step]?.used ?? 0)

export const untilMet = (mock: URL, atLeast = 1, step = 0) =>
  eventually(met(mock, step), (used) => used >= atLeast, (used) => `${used} calls have matched step ${step}.`)

/** This many calls have been answered with one of these. */
export const untilAnswered = (mock: URL, atLeast = 1, statuses: ReadonlyArray<number> = [200]) =>
  eventually(
    Effect.map(calls(mock), (counts) => statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0)),
    (answered) => answered >= atLeast,
    (answered) => `${answered} calls were answered ${statuses.join(" or ")}.`
  )
