/** The routes both mocks have in addition to the vendor's: health, and the control routes under `/mock/`. */
import { Duration, Effect, Schema } from "effect"
import { type HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { CallLog } from "./CallLog.ts"
import { parseScenario, type ScenarioError } from "./scenarios/parseScenario.ts"
import type { Scenario } from "./scenarios/Scenario.ts"
import type { StepProgress } from "./scenarios/Script.ts"

/** What can be changed while the mock runs. */
export interface Knobs {
  delay: Duration.Duration
  failureRate: number
}

const KnobsPatch = Schema.Struct({
  delay_ms: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  failure_rate: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
})

export interface Administered {
  readonly name: string
  readonly knobs: Knobs
  readonly calls: CallLog
  /** Counts and costs. */
  readonly state: () => object
  readonly scenario: () => { readonly name: string; readonly steps: ReadonlyArray<StepProgress> } | null
  readonly play: (scenario: Scenario | undefined) => void
  /** Resets everything except the knobs and restarts the scenario. */
  readonly reset: Effect.Effect<void>
}

const refused = (error: Schema.SchemaError | ScenarioError) =>
  HttpServerResponse.jsonUnsafe({ error: error.message }, { status: 400 })

const unreadable = () => HttpServerResponse.jsonUnsafe({ error: "The body cannot be read." }, { status: 400 })

export const addAdminRoutes = Effect.fnUntraced(function*(router: HttpRouter.HttpRouter, mock: Administered) {
  const state = Effect.sync(() =>
    HttpServerResponse.jsonUnsafe({
      mock: mock.name,
      knobs: { delay_ms: Duration.toMillis(mock.knobs.delay), failure_rate: mock.knobs.failureRate },
      calls: mock.calls.counts(),
      ...mock.state(),
      scenario: mock.scenario()
    })
  )
  const turn = HttpServerRequest.schemaBodyJson(KnobsPatch, { onExcessProperty: "error" }).pipe(
    Effect.flatMap(({ delay_ms, failure_rate }) => {
      if (delay_ms !== undefined) mock.knobs.delay = Duration.millis(delay_ms)
      if (failure_rate !== undefined) mock.knobs.failureRate = failure_rate
      return state
    }),
    Effect.catchTags({
      SchemaError: (error) => Effect.succeed(refused(error)),
      HttpServerError: () => Effect.sync(unreadable)
    })
  )
  const play = Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    mock.play(yield* parseScenario(yield* request.text))
    return yield* state
  }).pipe(
    Effect.catchTags({
      ScenarioError: (error) => Effect.succeed(refused(error)),
      HttpServerError: () => Effect.sync(unreadable)
    })
  )
  yield* router.add("GET", "/health", HttpServerResponse.jsonUnsafe({ status: "ok", mock: mock.name }))
  yield* router.add("GET", "/mock/state", state)
  yield* router.add("POST", "/mock/reset", Effect.andThen(mock.reset, state))
  yield* router.add("PATCH", "/mock/knobs", turn)
  yield* router.add(
    "GET",
    "/mock/calls",
    Effect.sync(() => HttpServerResponse.jsonUnsafe({ calls: mock.calls.recent() }))
  )
  yield* router.add("PUT", "/mock/scenario", play)
  yield* router.add("DELETE", "/mock/scenario", Effect.andThen(Effect.sync(() => mock.play(undefined)), state))
})
