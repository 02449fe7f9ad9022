/** Where notices of alerts go: the sinks that the settings name. */
import { Context, type Duration, type Effect, Schema } from "effect"
import { type AlertNotice, AlertSinkName } from "../src/domain/AlertNotice.ts"

/** The sink did not take the notice. The message is for operators and contains no secret. */
export class AlertSinkFailed extends Schema.TaggedError<AlertSinkFailed>()("AlertSinkFailed", {
  sink: AlertSinkName,
  message: Schema.String,
  /** False: the sink refused the notice or our credentials, so that the same call would fail again. */
  retryable: Schema.Boolean,
  /** The sink's `Retry-After`; the next attempt waits at least as long. */
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis)
}) {}

export interface AlertSink {
  readonly name: AlertSinkName
  /** One attempt in bounded time. Delivering a notice again does no harm. */
  readonly deliver: (notice: AlertNotice) => Effect.Effect<void, AlertSinkFailed>
  /** The sink considers an alert resolved unless its notice is repeated this often. */
  readonly repeatEvery?: Duration.Duration
}

export class AlertSinks
  extends Context.Service<AlertSinks, ReadonlyArray<AlertSink>>()("accessa/services/AlertSinks")
{}
