/**
 * The dead man's switch: an outside service expects these calls and alerts people when they stop. They are made only while
 * the rules are judged over fresh facts, so that a monitor that runs but sees nothing counts as dead.
 */
import { DateTime, Duration, Effect, Layer, Option, Redacted, Schedule, Stream } from "effect"
import { HttpClient } from "effect/http"
import { heartbeatTimeout, staleAfterIntervals } from "../../policy/heartbeat.ts"
import { LastJudgement } from "./LastJudgement.ts"

export interface HeartbeatOptions {
  /** A caller who knows it can keep the switch quiet: it is neither logged nor traced. */
  readonly url: Redacted.Redacted<URL>
  readonly interval: Duration.Duration
  /** Between two judgements. */
  readonly judgedEvery: Duration.Duration
}

export const Heartbeat = ({ interval, judgedEvery, url }: HeartbeatOptions) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const client = yield* HttpClient.HttpClient
    const judgement = yield* LastJudgement
    const staleAfter = Duration.times(judgedEvery, staleAfterIntervals)

    const call = client.get(Redacted.value(url)).pipe(
      Effect.flatMap((response) => Effect.as(Stream.runDrain(Stream.take(response.stream, 1)), response.status)),
      Effect.timeout(heartbeatTimeout),
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
      Effect.provideService(HttpClient.TracerPropagationEnabled, false),
      Effect.match({
        onFailure: () => Option.some("it cannot be reached"),
        onSuccess: (status) => status < 300 ? Option.none() : Option.some(`it answered ${status}`)
      }),
      Effect.flatMap(Option.match({
        onNone: () => Effect.void,
        onSome: (reason) => Effect.logWarning(`The service at HEARTBEAT_URL did not accept a heartbeat: ${reason}.`)
      }))
    )

    const beat = Effect.gen(function*() {
      const now = yield* DateTime.now
      const judgedAt = yield* judgement.at
      const fresh = Option.exists(
        judgedAt,
        (at) => Duration.isLessThanOrEqualTo(DateTime.distance(at, now), staleAfter)
      )
      yield* fresh
        ? call
        : Effect.logWarning("No heartbeat is sent, because the rules were not evaluated on fresh data.")
    }).pipe(Effect.withSpan("Heartbeat.beat"))

    yield* Effect.forkScoped(Effect.repeat(beat, Schedule.spaced(interval)))
  }))
