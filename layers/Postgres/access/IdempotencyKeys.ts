/** Idempotency keys on Postgres, by the database's clock. */
import { Context, Duration, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type Claim, type Hold, IdempotencyKeys } from "../../../services/IdempotencyKeys.ts"
import { goneAnswer, idempotency } from "../../../src/policy/idempotency.ts"
import { decodeRow, rowsOf, run } from "../connection/rows.ts"

const lock = Duration.toSeconds(idempotency.lock)

/** How long an answer is kept. */
export const AnswersKept = Context.Reference<Duration.Duration>("accessa/layers/IdempotencyKeys/AnswersKept", {
  defaultValue: () => Duration.hours(24)
})

export const IdempotencyKeysSql = Layer.effect(
  IdempotencyKeys,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const keep = Duration.toSeconds(yield* AnswersKept)
    const held = ({ holder, key, user }: Hold) =>
      sql`user_id = ${user} AND idempotency_key = ${key} AND holder = ${holder} AND status IS NULL`

    return IdempotencyKeys.of({
      // The snapshot may show a key as released (locked until -infinity) that another request has just taken.
      claim: Effect.fn("IdempotencyKeys.claim")(function*({ holder, key, user }) {
        const [row] = yield* readClaims(sql`
          WITH taken AS (
            INSERT INTO idempotency_keys AS k (user_id, idempotency_key, holder, locked_until, expires_at)
            VALUES (${user}, ${key}, ${holder}, now() + ${lock} * interval '1 second', now() + ${keep} * interval '1 second')
            ON CONFLICT (user_id, idempotency_key) DO UPDATE SET holder = excluded.holder,
              locked_until = excluded.locked_until, expires_at = excluded.expires_at,
              request_id = CASE WHEN k.status IS NULL AND k.expires_at > now() THEN k.request_id ELSE gen_random_uuid() END,
              fingerprint = NULL, status = NULL, headers = NULL, body = NULL, document_id = NULL
            WHERE (k.status IS NULL AND k.locked_until < now()) OR k.expires_at < now()
            RETURNING request_id
          )
          SELECT NULL::uuid AS request_id, fingerprint, status, headers, body,
            greatest(1, extract(epoch FROM greatest(locked_until, now()) - now()))::float8 AS patience
          FROM idempotency_keys
          WHERE user_id = ${user} AND idempotency_key = ${key} AND NOT EXISTS (SELECT FROM taken)
          UNION ALL SELECT request_id, NULL, NULL, NULL, NULL, 0 FROM taken`)
        if (row?.request_id != null) return { _tag: "Claimed", requestId: row.request_id }
        if (row?.status == null) return inFlight(row?.patience ?? 1)
        if (row.status === goneAnswer) return { _tag: "Gone" }
        return { _tag: "Answered", answer: yield* decodeAnswer(row) }
      }),
      renew: (hold) =>
        run(sql`
          UPDATE idempotency_keys SET locked_until = now() + ${lock} * interval '1 second' WHERE ${held(hold)}`),
      // Storing an answer also removes a few expired ones. The job is locked before the key, in the same order as a delete
      // of the document, so that neither misses the other.
      record: Effect.fn("IdempotencyKeys.record")(function*(hold, { body, documentId, fingerprint, headers, status }) {
        yield* run(sql`
          WITH job AS MATERIALIZED (
            SELECT job_id FROM upload_jobs WHERE document_id = ${documentId}::uuid AND user_id = ${hold.user}
            FOR KEY SHARE
          ), answer AS MATERIALIZED (
            SELECT ${documentId}::uuid IS NULL OR EXISTS (SELECT FROM job) OR EXISTS (
              SELECT FROM uploads WHERE document_id = ${documentId}::uuid AND user_id = ${hold.user} AND state = 'open'
            ) AS told
          ), old AS (
            DELETE FROM idempotency_keys WHERE (user_id, idempotency_key) IN (
              SELECT user_id, idempotency_key FROM idempotency_keys WHERE expires_at < now() ORDER BY expires_at LIMIT 10
            )
          )
          UPDATE idempotency_keys SET fingerprint = ${fingerprint}, document_id = ${documentId},
            status = CASE WHEN told THEN ${status}::int ELSE ${goneAnswer}::int END,
            headers = CASE WHEN told THEN ${JSON.stringify(headers)}::jsonb ELSE '{}' END,
            body = CASE WHEN told THEN ${body}::text ELSE '' END
          FROM answer WHERE ${held(hold)}`)
      }),
      release: (hold) => run(sql`UPDATE idempotency_keys SET locked_until = '-infinity' WHERE ${held(hold)}`)
    })
  })
)

const inFlight = (seconds: number): Claim => ({ _tag: "InFlight", patience: Duration.seconds(seconds) })

const readClaims = rowsOf(Schema.Struct({
  request_id: Schema.NullOr(Schema.String),
  fingerprint: Schema.NullOr(Schema.String),
  status: Schema.NullOr(Schema.Int),
  headers: Schema.NullOr(Schema.Record(Schema.String, Schema.String)),
  body: Schema.NullOr(Schema.String),
  patience: Schema.Number
}))
const decodeAnswer = decodeRow(Schema.Struct({
  fingerprint: Schema.String,
  status: Schema.Int,
  headers: Schema.Record(Schema.String, Schema.String),
  body: Schema.String
}))
