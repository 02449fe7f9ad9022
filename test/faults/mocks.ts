/** The mock providers as a case drives them: what they do wrong, and what they have billed. */
import { Effect, Schema } from "effect"
import type { Scenario } from "../../src/mocks/scenarios/Scenario.ts"

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

/** What the mock OpenAI has billed. */
export const billed = (openai: URL) =>
  Effect.promise(() => fetch(new URL("/mock/state", openai)).then((response) => response.json())).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(State)),
    Effect.map(({ usage }) => usage),
    Effect.orDie
  )

const State = Schema.Struct({
  usage: Schema.Struct({ requests: Schema.Int, vectors: Schema.Int, tokens: Schema.Int })
})

/** Calls a mock has answered, by status. */
export const calls = (mock: URL) =>
  Effect.promise(() => fetch(new URL("/mock/state", mock)).then((response) => response.json())).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Schema.Struct({ calls: Schema.Record(Schema.String, Schema.Int) }))),
    Effect.map((state) => state.calls),
    Effect.orDie
  )
