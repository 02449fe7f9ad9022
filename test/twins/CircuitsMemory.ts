/** The circuits without a database, on the test's clock; any number of processes may share them. */
import { Clock, Context, DateTime, Duration, Effect, Layer, Option, PubSub, Stream } from "effect"
import { Alerts } from "../../services/Alerts.ts"
import { type Circuit, Circuits, type Finding } from "../../services/Circuits.ts"
import { Dependency } from "../../src/domain/Dependency.ts"
import { probeTime } from "../../src/policy/circuits.ts"
import { makeAlerts } from "./AlertsMemory.ts"

const closed = (dependency: Dependency, generation = 0): Circuit => ({
  dependency,
  state: "closed",
  generation,
  code: null,
  message: null,
  failures: 0,
  openedAt: null,
  probeAt: null,
  probeIn: null,
  since: DateTime.makeUnsafe(0),
  updatedBy: "test",
  reason: null
})

export const CircuitsMemory: Layer.Layer<Alerts | Circuits> = Layer.effectContext(
  Effect.gen(function*() {
    const { alerts, closeOf, raiseAs } = makeAlerts()
    const rows = new Map(Dependency.literals.toSorted().map((dependency) => [dependency, closed(dependency)]))
    const changed = yield* PubSub.unbounded<void>()
    const now = Effect.map(Clock.currentTimeMillis, (millis) => DateTime.makeUnsafe(millis))
    const find = (dependency: Dependency) => rows.get(dependency) ?? closed(dependency)
    const write = (row: Circuit) => {
      rows.set(row.dependency, { ...row, generation: row.generation + 1 })
      return Effect.asVoid(PubSub.publish(changed, undefined))
    }
    const open = (state: "open" | "halted") =>
      Effect.fnUntraced(function*({ actor, code, dependency, failures, generation, message, probeAfter }: Finding) {
        const at = yield* now
        const row = find(dependency)
        const isCurrent = row.generation === generation
        if (isCurrent || row.state !== "closed") {
          const key = `${dependency}:${code}`
          yield* raiseAs({ key, rule: "CIRCUIT_OPEN", subject: dependency, code, message })
        }
        if (!isCurrent) return false
        yield* write({
          ...row,
          state,
          code,
          message,
          failures,
          openedAt: at,
          probeAt: DateTime.addDuration(at, probeAfter),
          since: at,
          updatedBy: actor,
          reason: null
        })
        return true
      })
    const circuits = Circuits.of({
      list: Effect.map(now, (at) =>
        [...rows.values()].map((row) => ({
          ...row,
          probeIn: row.probeAt === null ? null : Duration.max(Duration.zero, DateTime.distance(at, row.probeAt))
        }))),
      trip: open("open"),
      halt: open("halted"),
      admitProbe: (dependency, actor) =>
        Effect.gen(function*() {
          const at = yield* now
          const row = find(dependency)
          if (row.probeAt === null || DateTime.isGreaterThan(row.probeAt, at)) return Option.none()
          yield* write({
            ...row,
            state: "half_open",
            probeAt: DateTime.addDuration(at, probeTime),
            updatedBy: actor
          })
          return Option.some(row.generation + 1)
        }),
      close: (dependency, generation) =>
        Effect.gen(function*() {
          const row = find(dependency)
          if (row.state === "closed" || row.generation !== generation) return false
          yield* write(closed(dependency, generation))
          return true
        }),
      reset: (dependency, by) =>
        Effect.gen(function*() {
          const { generation, state } = find(dependency)
          if (state === "closed") return Option.none()
          yield* write({ ...closed(dependency, generation), updatedBy: by.actor, reason: by.reason })
          yield* closeOf(dependency)
          return Option.some(find(dependency))
        }),
      changes: Stream.fromPubSub(changed)
    })
    return Context.make(Circuits, circuits).pipe(Context.add(Alerts, alerts))
  })
)
