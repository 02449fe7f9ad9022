/** Orders for inspections in memory, and an inspector that finds everything well. */
import { DateTime, Effect, Layer, Option, PubSub, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { Inspections } from "../../services/Inspections.ts"
import { Inspector } from "../../services/Inspector.ts"
import { InspectionId, type InspectionOrder } from "../../src/domain/Inspection.ts"
import { anInspection } from "../support/builders/anInspection.ts"

export const InspectionsMemory = Layer.effect(
  Inspections,
  Effect.gen(function*() {
    const orders = new Map<InspectionId, InspectionOrder>()
    const wakeups = yield* PubSub.sliding<void>(1)
    return Inspections.of({
      order: () =>
        Effect.gen(function*() {
          const inspectionId = InspectionId.make(randomUUID())
          const order = { inspectionId, requestedAt: yield* DateTime.now, takenBy: null, report: null }
          orders.set(inspectionId, order)
          yield* PubSub.publish(wakeups, undefined)
          return order
        }),
      find: (id) => Effect.sync(() => Option.fromUndefinedOr(orders.get(id))),
      take: (worker) =>
        Effect.sync(() => {
          const waiting = [...orders.values()].find(({ takenBy }) => takenBy === null)
          if (waiting === undefined) return Option.none()
          orders.set(waiting.inspectionId, { ...waiting, takenBy: worker })
          return Option.some(waiting.inspectionId)
        }),
      report: (id, report) =>
        Effect.sync(() => {
          const order = orders.get(id)
          if (order !== undefined) orders.set(id, { ...order, report })
        }),
      wakeups: Stream.fromPubSub(wakeups)
    })
  })
)

export const InspectorMemory = Layer.succeed(Inspector, { look: Effect.succeed(anInspection()) })
