/** The ports of the alerts, once the database can be reached: a monitor that starts without one still tells people. */
import { Context, type Effect, Schema } from "effect"
import type { AlertFactsSource } from "../../../services/AlertFactsSource.ts"
import type { AlertRounds } from "../../../services/AlertRounds.ts"

export class NotConnected extends Schema.TaggedError<NotConnected>()("NotConnected", { message: Schema.String }) {}

export class AlertPorts extends Context.Service<AlertPorts, {
  readonly connect: Effect.Effect<
    { readonly rounds: AlertRounds["Service"]; readonly facts: AlertFactsSource["Service"] },
    NotConnected
  >
}>()("accessa/monitor/AlertPorts") {}
