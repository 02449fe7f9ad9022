/** The alert that the database cannot be reached, kept in memory while it cannot be stored. */
import { DateTime, Effect, Option, Ref } from "effect"
import type { AlertRounds } from "../../../services/AlertRounds.ts"
import { type AlertSink, AlertSinks } from "../../../services/AlertSinks.ts"
import type { RulesInForce } from "../../domain/AlertRule.ts"
import type { OpenAlert, Told } from "../../domain/OpenAlert.ts"
import type { EscalationStep } from "../../policy/alerts.ts"
import { advance, begin } from "./advance.ts"
import { dueNotices } from "./dueNotices.ts"
import { noticeOf, type Origin } from "./noticeOf.ts"

interface OutageOptions {
  readonly rules: RulesInForce
  readonly steps: ReadonlyArray<EscalationStep>
  readonly origin: Origin
}

export const makeOutage = Effect.fnUntraced(function*({ origin, rules, steps }: OutageOptions) {
  const sinks = yield* AlertSinks
  const memory = yield* Ref.make(Option.none<OpenAlert>())
  const rule = rules.DATABASE_UNREACHABLE
  const toNotice = noticeOf(origin)

  /** Those that took the notice; the others are asked again the next time. */
  const send = (alert: OpenAlert, notices: ReadonlyArray<Told>) =>
    Effect.forEach(
      notices,
      (told) =>
        Effect.fromNullishOr(sinks.find((sink: AlertSink) => sink.name === told.sink)).pipe(
          Effect.flatMap((sink) => sink.deliver(toNotice(alert, told))),
          Effect.as([told]),
          Effect.catch((error) =>
            Effect.as(Effect.logError(`The sink ${told.sink} did not accept a notice.`, error), [])
          )
        ),
      { concurrency: "unbounded" }
    ).pipe(Effect.map((each): ReadonlyArray<Told> => each.flat()))

  return {
    /** The database did not answer, and why. */
    note: Effect.fnUntraced(function*(message: string) {
      if (!rule.enabled) return
      const now = yield* DateTime.now
      const finding = { rule: "DATABASE_UNREACHABLE" as const, subject: "", message }
      const alert = Option.match(yield* Ref.get(memory), {
        onNone: () => ({
          ...begin(finding, rule, now),
          noticeId: Option.some(`database-unreachable-${DateTime.formatIso(now)}`)
        }),
        onSome: (known) => advance(known, finding, rule, now)
      })
      const told = yield* send(alert, dueNotices(alert, steps, now))
      yield* Ref.set(memory, Option.some({ ...alert, told: [...alert.told, ...told] }))
    }),
    /** It answers again: what was announced is recorded, and resolves as every alert does. */
    over: Effect.fnUntraced(function*(rounds: AlertRounds["Service"]) {
      const remembered = yield* Ref.get(memory)
      if (Option.isNone(remembered)) return
      const alert = remembered.value
      if (Option.isSome(alert.firedAt)) {
        const recorded = yield* rounds.record(alert, toNotice)
        if (!recorded) {
          const now = yield* DateTime.now
          const ended = { ...alert, closedAt: Option.some(now) }
          const told = yield* send(ended, dueNotices(ended, steps, now))
          const left = { ...ended, told: [...ended.told, ...told] }
          if (dueNotices(left, steps, now).length > 0) {
            return yield* Ref.set(memory, Option.some({ ...left, closedAt: Option.none() }))
          }
        }
      }
      yield* Ref.set(memory, Option.none())
    })
  }
})
