/** Callbacks on Postgres. */
import { Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Callbacks } from "../../../services/Callbacks.ts"
import { JobOrigin } from "../../../src/domain/Job.ts"
import { snakeKeys } from "../../../src/domain/snakeKeys.ts"
import { jobsPayload, workChannel } from "../connection/channels.ts"
import { rowsOf, run } from "../connection/rows.ts"

const readJobs = rowsOf(snakeKeys({ ...JobOrigin.to.fields, webhookSecret: Schema.String }))

export const CallbacksSql = Layer.effect(
  Callbacks,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return Callbacks.of({
      find: Effect.fn("Callbacks.find")(function*(job) {
        const [row] = yield* readJobs(sql`
          SELECT job_id, document_id, user_id, correlation_id, traceparent, webhook_secret FROM upload_jobs
          WHERE job_id = ${job}`)
        return Option.map(Option.fromNullishOr(row), ({ webhookSecret: secret, ...origin }) => ({ secret, origin }))
      }),
      // If a worker holds the job, or has not yet written `parse_queued`, the hint stays on the row until its next move.
      record: Effect.fn("Callbacks.record")(function*(receipt) {
        const rows = yield* run(sql`
          WITH recorded AS (
            INSERT INTO webhook_receipts (provider, event_id, job_id, event_type, payload_sha256)
            VALUES (${receipt.provider}, ${receipt.eventId}, ${receipt.jobId}, ${receipt.eventType},
              ${receipt.payloadSha256})
            ON CONFLICT DO NOTHING RETURNING job_id
          ), hinted AS (
            UPDATE upload_jobs j SET hinted_at = now(),
              run_at = CASE WHEN j.run_at IS NULL THEN NULL ELSE least(j.run_at, now()) END
            FROM recorded
            WHERE j.job_id = recorded.job_id AND j.status IN ('uploaded', 'parse_queued')
          )
          SELECT pg_notify(${workChannel}, ${jobsPayload}) FROM recorded`)
        return rows.length > 0
      })
    })
  })
)
