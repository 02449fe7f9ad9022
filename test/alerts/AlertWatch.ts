/** Where a stack's notices arrive. */
import { Clock, type Duration, Effect, Schema, type Scope } from "effect"
import { type AlertRuleName, alertRules } from "../../src/domain/AlertRule.ts"
import type { Unexpected } from "../faults/Case.ts"
import { eventually } from "../faults/judge.ts"
import type { Settings } from "../faults/World.ts"
import { serveWebhook, webhookSecret } from "../support/stubs/alerts/receivers.ts"

const decodeNotice = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({
  data: Schema.Struct({
    alert_id: Schema.String,
    rule: Schema.String,
    subject: Schema.String,
    state: Schema.Literals(["firing", "acknowledged", "resolved"]),
    description: Schema.String
  })
})))

type SeenNotice = ReturnType<typeof decodeNotice>["data"]

export interface AlertWatch {
  /** Sends every notice here. */
  readonly settings: Settings
  /** The first such notice, and when it arrived. */
  readonly untilNotice: (
    rule: AlertRuleName,
    state: SeenNotice["state"],
    patience: Duration.Input
  ) => Effect.Effect<{ readonly notice: SeenNotice; readonly at: number }, Unexpected>
}

/** A receiver of signed webhooks. */
export const watchAlerts: Effect.Effect<AlertWatch, never, Scope.Scope> = Effect.gen(function*() {
  const receiver = yield* serveWebhook
  const arrived = Effect.sync(() => receiver.taken.map(({ text }) => decodeNotice(text).data))
  return {
    settings: {
      ALERT_SINKS: "webhook",
      ALERT_WEBHOOK_URL: receiver.url.href,
      ALERT_WEBHOOK_SECRET: webhookSecret,
      ALERT_WEBHOOK_ALLOW_PRIVATE: "true"
    },
    untilNotice: Effect.fnUntraced(function*(rule, state, patience) {
      const [notice] = yield* eventually(
        Effect.map(arrived, (all) => all.filter((each) => each.rule === rule && each.state === state)),
        ({ length }) => length > 0,
        () => `No notice says that ${rule} is ${state}; ${receiver.taken.length} other notices have arrived.`,
        patience
      )
      return notice === undefined
        ? yield* Effect.die(new Error(`no notice about ${alertRules[rule].title}`))
        : { notice, at: yield* Clock.currentTimeMillis }
    })
  }
})
