/** The providers' rows without a database, on the test's clock; any number of workers may share one. */
import { Clock, DateTime, Duration, Effect, Layer, Option, PubSub, Stream } from "effect"
import { type Alert, type Provider, Providers } from "../../services/Providers.ts"
import type { Dependency } from "../../src/domain/ServiceError.ts"
import { probeTime } from "../../src/policy/breakers.ts"

const epoch = DateTime.makeUnsafe(0)

const closed = (dependency: Dependency): Provider => ({
  dependency,
  state: "closed",
  code: null,
  message: null,
  failures: 0,
  openedAt: null,
  probeAt: null,
  probeIn: null,
  since: epoch,
  updatedBy: "test",
  reason: null
})

export const ProvidersMemory: Layer.Layer<Providers> = Layer.effect(
  Providers,
  Effect.gen(function*() {
    const rows = new Map<Dependency, Provider>()
    const alerts = new Map<string, Alert>()
    const changed = yield* PubSub.unbounded<void>()
    const now = Effect.map(Clock.currentTimeMillis, (millis) => DateTime.makeUnsafe(millis))
    const write = (row: Provider) => {
      rows.set(row.dependency, row)
      return Effect.asVoid(PubSub.publish(changed, undefined))
    }
    return Providers.of({
      list: Effect.map(now, (at) =>
        [...rows.values()].map((row) => ({
          ...row,
          probeIn: row.probeAt === null ? null : Duration.max(Duration.zero, DateTime.distance(at, row.probeAt))
        }))),
      shut: ({ actor, code, dependency, failures, message, probeAfter, state }) =>
        Effect.gen(function*() {
          const at = yield* now
          const key = `${dependency}:${code}`
          const count = (alerts.get(key)?.count ?? 0) + 1
          alerts.set(key, { alertId: alerts.size, key, code, message, count, openedAt: at, seenAt: at, closedAt: null })
          const probeAt = DateTime.addDuration(at, probeAfter)
          yield* write({
            dependency,
            state,
            code,
            message,
            failures,
            openedAt: at,
            probeAt,
            probeIn: null,
            since: at,
            updatedBy: actor,
            reason: null
          })
        }),
      takeProbe: (dependency) =>
        Effect.gen(function*() {
          const at = yield* now
          const row = rows.get(dependency)
          if (row?.probeAt == null || DateTime.isGreaterThan(row.probeAt, at)) return false
          yield* write({ ...row, state: "half_open", probeAt: DateTime.addDuration(at, probeTime) })
          return true
        }),
      reopen: (dependency) => write(closed(dependency)),
      reset: (dependency, by) =>
        Effect.gen(function*() {
          if ((rows.get(dependency) ?? closed(dependency)).state === "closed") return Option.none()
          const row = { ...closed(dependency), updatedBy: by.actor, reason: by.reason }
          yield* write(row)
          return Option.some(row)
        }),
      raise: ({ code, key, message }) =>
        Effect.map(now, (at) => {
          const count = (alerts.get(key)?.count ?? 0) + 1
          alerts.set(key, { alertId: alerts.size, key, code, message, count, openedAt: at, seenAt: at, closedAt: null })
        }),
      watch: Effect.void,
      alerts: () => Effect.sync(() => [...alerts.values()]),
      changes: Stream.fromPubSub(changed)
    })
  })
)
