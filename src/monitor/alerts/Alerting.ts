/** Judges the rules at an interval, as long as this monitor holds the lease, and sends what is due. */
import {
  Clock,
  Context,
  DateTime,
  Duration,
  Effect,
  Fiber,
  FiberHandle,
  Layer,
  Option,
  Ref,
  Result,
  Schedule
} from "effect"
import { untraced } from "../../../otel/shared.ts"
import type { AlertFactsSource } from "../../../services/AlertFactsSource.ts"
import type { Holder, Judged } from "../../../services/AlertRounds.ts"
import type { RulesInForce } from "../../domain/AlertRule.ts"
import type { OpenAlert } from "../../domain/OpenAlert.ts"
import { type EscalationStep, leaseOf } from "../../policy/alerts.ts"
import { detect, type Detected, withoutFacts } from "../detectors/detect.ts"
import { advanceAll } from "./advance.ts"
import { AlertPorts, NotConnected } from "./AlertPorts.ts"
import { dueNotices } from "./dueNotices.ts"
import { LastJudgement } from "./LastJudgement.ts"
import { noticeOf, type Origin } from "./noticeOf.ts"
import { makeOutage } from "./outage.ts"
import { sendDue } from "./sendDue.ts"
import { apiReadiness, diskSpace } from "./surroundings.ts"

export class AlertingOptions extends Context.Service<AlertingOptions, {
  readonly holder: Holder
  readonly rules: RulesInForce
  readonly steps: ReadonlyArray<EscalationStep>
  readonly interval: Duration.Duration
  /** How long a round may wait for the database. */
  readonly patience: Duration.Duration
  readonly origin: Origin
  readonly apiUrl: URL
  /** Whose disk is watched. */
  readonly directory: string
  /** The parser is one that calls back. */
  readonly callbacks: boolean
}>()("accessa/monitor/AlertingOptions") {}

export const Alerting = Layer.effectDiscard(Effect.gen(function*() {
  const { apiUrl, callbacks, directory, holder, interval, origin, patience, rules, steps } = yield* AlertingOptions
  const { connect } = yield* AlertPorts
  const judgement = yield* LastJudgement
  const outage = yield* makeOutage({ rules, steps, origin })
  const sending = yield* FiberHandle.make<void>()
  /** None: no monitor is known to hold the lease, so that this one speaks up. */
  const leading = yield* Ref.make<"unknown" | "elsewhere" | number>("unknown")
  const lease = leaseOf(interval)

  const judge = (detected: Detected, now: DateTime.Utc) => (open: ReadonlyArray<OpenAlert>): ReadonlyArray<Judged> =>
    advanceAll(open, detected.findings, detected.judged, rules, now).map((advanced) => {
      const alert = { ...advanced, settled: Option.isSome(advanced.closedAt) }
      return { alert, notices: dueNotices(alert, steps, now) }
    }).filter(({ alert, notices }) =>
      notices.length > 0 || alert.settled || Option.isNone(alert.alertId) || hasChanged(open, alert)
    )

  const detected = (facts: AlertFactsSource["Service"], writeMs: number) =>
    Effect.gen(function*() {
      const [api, disk, read] = yield* Effect.all([
        apiReadiness(apiUrl),
        diskSpace(directory),
        Effect.result(facts.read(rules.STUCK_JOB.threshold ?? 0))
      ], { concurrency: "unbounded" })
      return Result.isSuccess(read)
        ? { ...detect(read.success, rules, { api, callbacks, disk, writeMs }), complete: true }
        : { ...withoutFacts(read.failure.message), complete: false }
    })

  const round = Effect.gen(function*() {
    const { facts, rounds } = yield* connect
    const now = yield* DateTime.now
    const fence = yield* untraced(rounds.lead(holder, lease))
    if (Option.isNone(fence)) return yield* Ref.set(leading, "elsewhere")
    if ((yield* Ref.getAndSet(leading, fence.value)) !== fence.value) {
      yield* Effect.logInfo("This monitor now evaluates the alert rules.")
    }
    const writeMs = (yield* Clock.currentTimeMillis) - DateTime.toEpochMillis(now)
    const { complete, ...found } = yield* untraced(detected(facts, writeMs))
    const held = yield* untraced(rounds.round(fence.value, now, {
      judge: judge(found, now),
      noticeOf: noticeOf(origin),
      complete
    }))
    // Not before: while a lock or a slow statement holds up these, no rule is judged.
    yield* outage.over(rounds)
    if (held && complete) yield* judgement.record
    yield* FiberHandle.run(sending, quietly(sendDue(rounds, fence.value)), { onlyIfMissing: true })
  })

  const failed = Effect.fnUntraced(function*(message: string) {
    yield* Effect.logError(`The alert rules could not be evaluated: ${message}`)
    if ((yield* Ref.get(leading)) !== "elsewhere") yield* outage.note(message)
  })

  yield* Effect.addFinalizer(() => resign(leading, connect))
  yield* inTime(round, patience).pipe(
    Effect.catch(({ message }) => failed(message)),
    // From beginning to beginning, so that slow rounds do not add to the times of the rules.
    Effect.repeat(Schedule.fixed(interval)),
    Effect.forkScoped
  )
}))

const hasChanged = (open: ReadonlyArray<OpenAlert>, alert: OpenAlert) =>
  !open.some((known) =>
    Option.getOrNull(known.alertId) === Option.getOrNull(alert.alertId) && known.seenAt === alert.seenAt
    && known.clearSince === alert.clearSince
  )

const quietly = <R>(self: Effect.Effect<void, { readonly message: string }, R>) =>
  self.pipe(Effect.catch(({ message }) => Effect.logError(`Notices could not be sent: ${message}`)))

/** A connection that hangs may not even answer its interruption: the round is left behind. */
const inTime = <E extends { readonly message: string }, R>(
  self: Effect.Effect<void, E, R>,
  patience: Duration.Duration
) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(self)
    const ended = yield* Effect.timeoutOption(Fiber.await(fiber), patience)
    if (Option.isSome(ended)) return yield* ended.value
    yield* Effect.forkChild(Fiber.interrupt(fiber))
    return yield* new NotConnected({
      message: `The database did not answer within ${Duration.format(patience)}.`
    })
  })

/** Another monitor takes over at once. */
const resign = (leading: Ref.Ref<"unknown" | "elsewhere" | number>, connect: AlertPorts["Service"]["connect"]) =>
  Effect.gen(function*() {
    const fence = yield* Ref.get(leading)
    if (typeof fence !== "number") return
    const { rounds } = yield* connect
    yield* rounds.resign(fence)
    // Otherwise the lease expires on its own.
  }).pipe(Effect.timeoutOption("2 seconds"), Effect.ignore({ log: "Warn" }))
