/** Where notices of alerts go: the sinks that the settings name. */
import { Context, type Effect, Schema } from "effect"
import type { AlertNotice } from "../src/domain/AlertNotice.ts"

/** The sink did not take the notice. The message is for operators and contains no secret. */
export class AlertSinkFailed extends Schema.TaggedError<AlertSinkFailed>()("AlertSinkFailed", {
  sink: Schema.String,
  message: Schema.String,
  /** False: the sink refused the notice or our credentials, so that the same call would fail again. */
  retryable: Schema.Boolean,
  /** The sink's `Retry-After`; the next attempt waits at least as long. */
  retryAfter: Schema.optionalKey(Schema.DurationFromMillis)
}) {}

export interface AlertSink {
  /** As in `ALERT_SINKS`, such as `slack`. */
  readonly name: string
  /** One attempt in bounded time. Delivering a notice again does no harm. */
  readonly deliver: (notice: AlertNotice) => Effect.Effect<void, AlertSinkFailed>
}

export class AlertSinks
  extends Context.Service<AlertSinks, ReadonlyArray<AlertSink>>()("accessa/services/AlertSinks")
{}
