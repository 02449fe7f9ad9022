/** Orders for inspections on Postgres. Unlike a job, an order that its worker does not finish is simply given again by its admin. */
import { Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { Ids } from "../../../services/Ids.ts"
import { Inspections } from "../../../services/Inspections.ts"
import { WorkerId } from "../../../src/domain/Ids.ts"
import { Inspection, InspectionId, type InspectionOrder } from "../../../src/domain/Inspection.ts"
import { inspectionsPayload, workChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { rowsOf, run } from "../connection/rows.ts"

export const InspectionsSql = Layer.effect(
  Inspections,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids
    const notifications = yield* Notifications

    return Inspections.of({
      order: Effect.fn("Inspections.order")(function*(by) {
        const id = yield* ids.uuid
        const [row] = yield* readOrders(sql`
          WITH forgotten AS (
            DELETE FROM inspections WHERE requested_at < now() - interval '1 day'
          ), ordered AS (
            INSERT INTO inspections (inspection_id, requested_by) VALUES (${id}, ${by.actor}) RETURNING *
          )
          SELECT ordered.*, accessa_audit(${by.actor}, ${by.role}, NULL, 'inspection.order', 'inspection',
            inspection_id::text, ${by.reason}, NULL, NULL, ${by.correlationId}::uuid)
          FROM ordered, pg_notify(${workChannel}, ${inspectionsPayload})`)
        // An INSERT without a condition returns its row.
        return toOrder(yield* Effect.orDie(Effect.fromNullishOr(row)))
      }),
      find: Effect.fn("Inspections.find")(function*(id) {
        const [row] = yield* readOrders(sql`SELECT * FROM inspections WHERE inspection_id = ${id}`)
        return Option.map(Option.fromUndefinedOr(row), toOrder)
      }),
      take: Effect.fn("Inspections.take")(function*(worker) {
        const [row] = yield* readOrders(sql`
          UPDATE inspections SET taken_by = ${worker} WHERE inspection_id = (
            SELECT inspection_id FROM inspections
            WHERE taken_by IS NULL AND requested_at > now() - interval '1 minute'
            ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
          ) RETURNING *`)
        return Option.map(Option.fromUndefinedOr(row), (taken) => taken.inspection_id)
      }),
      report: Effect.fn("Inspections.report")(function*(id, report) {
        // This process made the report by the same schema.
        const text = yield* Effect.orDie(encodeReport(report))
        yield* run(sql`UPDATE inspections SET report = ${text}::jsonb WHERE inspection_id = ${id}`)
      }),
      wakeups: notifications.subscribe(workChannel).pipe(
        Stream.filter((payload) => payload === inspectionsPayload || payload === ""),
        Stream.map(() => undefined)
      )
    })
  })
)

const report = Schema.toCodecJson(Inspection)
const encodeReport = Schema.encodeEffect(Schema.fromJsonString(report))

const Row = Schema.Struct({
  inspection_id: InspectionId,
  requested_at: Schema.DateTimeUtcFromDate,
  taken_by: Schema.NullOr(WorkerId),
  report: Schema.NullOr(report)
})
const readOrders = rowsOf(Row)

const toOrder = (row: typeof Row.Type): InspectionOrder => ({
  inspectionId: row.inspection_id,
  requestedAt: row.requested_at,
  takenBy: row.taken_by,
  report: row.report
})
