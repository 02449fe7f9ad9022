/** Orders for inspections: taken once, reported, found again, void after a minute. */
import { assert } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { AuditLog } from "../../../../services/AuditLog.ts"
import { Inspections } from "../../../../services/Inspections.ts"
import { InspectionId } from "../../../../src/domain/Inspection.ts"
import { anInspection } from "../../../support/builders/anInspection.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { aWorker, stores } from "../../../support/databases/stores.ts"
import { by } from "../access/auditEntries.ts"

onEachDatabase("orders for inspections", (it) => {
  it.layer(stores)((it) => {
    it.effect("an order is taken by one worker, and its report is found under its id", () =>
      Effect.gen(function*() {
        const inspections = yield* Inspections
        const order = yield* inspections.order(by)
        assert.isNull(order.takenBy)
        const [entry] = yield* (yield* AuditLog).page(undefined, 1)
        assert.deepInclude(entry, { action: "inspection.order", targetId: order.inspectionId, ...by })
        const worker = aWorker()
        assert.deepStrictEqual(yield* inspections.take(worker), Option.some(order.inspectionId))
        assert.deepStrictEqual(yield* inspections.take(aWorker()), Option.none())
        const report = anInspection({ place: "worker", workerId: worker })
        yield* inspections.report(order.inspectionId, report)
        const found = Option.getOrThrow(yield* inspections.find(order.inspectionId))
        assert.strictEqual(found.takenBy, worker)
        assert.deepStrictEqual(found.report, report)
        assert.deepStrictEqual(yield* inspections.find(InspectionId.make(randomUUID())), Option.none())
      }))

    it.effect("an order of which no worker took notice for a minute is void, and is forgotten after a day", () =>
      Effect.gen(function*() {
        const inspections = yield* Inspections
        const sql = yield* SqlClient.SqlClient
        const { inspectionId } = yield* inspections.order(by)
        yield* sql`UPDATE inspections SET requested_at = now() - interval '61 seconds' WHERE inspection_id = ${inspectionId}`
        assert.deepStrictEqual(yield* inspections.take(aWorker()), Option.none())
        yield* sql`UPDATE inspections SET requested_at = now() - interval '25 hours' WHERE inspection_id = ${inspectionId}`
        yield* inspections.order(by)
        assert.deepStrictEqual(yield* inspections.find(inspectionId), Option.none())
      }))

    it.effect("an order wakes the workers that listen", () =>
      Effect.gen(function*() {
        const inspections = yield* Inspections
        const listening = yield* Deferred.make<void>()
        const woken = yield* inspections.wakeups.pipe(
          Stream.tap(() => Deferred.succeed(listening, undefined)),
          Stream.take(2),
          Stream.runDrain,
          Effect.forkChild
        )
        yield* Deferred.await(listening)
        yield* inspections.order(by)
        yield* Fiber.join(woken)
      }))
  })
})
