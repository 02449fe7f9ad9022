/** The record of deployments on Postgres. */
import { DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Ids } from "../../../services/Ids.ts"
import { Begun, type HeldRelease, Releases } from "../../../services/Releases.ts"
import { JobStatus } from "../../../src/domain/JobStatus.ts"
import { Before, Release, ReleaseCheck, ReleaseStep } from "../../../src/domain/Release.ts"
import { silence } from "../../../src/policy/releases.ts"
import { rowsOf, run } from "../connection/rows.ts"

const columns =
  `release_id AS "releaseId", environment, version, started_by AS "startedBy", started_at AS "startedAt", before,
  request, request_reason AS "requestReason", outcome, ended_at AS "endedAt", reason,
  ended_at IS NULL AND lease_until > now() AS held`

export const ReleasesSql = Layer.effect(
  Releases,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const ids = yield* Ids
    const all = sql.literal(columns)
    const until = (lease: Duration.Duration) =>
      sql`now() + ${Duration.toMillis(lease)}::float8 * interval '1 millisecond'`
    const ofMine = ({ fence, release: { releaseId } }: HeldRelease) =>
      sql`release_id = ${releaseId} AND fence = ${fence} AND ended_at IS NULL`

    return Releases.of({
      begin: Effect.fn("Releases.begin")(function*({ before, by, environment, version }, lease) {
        const id = yield* ids.uuid
        // Our own value: that it does not encode would be a defect.
        const json = yield* Effect.orDie(encodeBefore(before))
        const [row] = yield* readHeld(sql`
          WITH held AS (
            INSERT INTO releases AS r (release_id, environment, version, started_by, before, lease_until)
            VALUES (${id}, ${environment}, ${version}, ${by.actor}, ${json}::jsonb, ${until(lease)})
            ON CONFLICT (environment) WHERE ended_at IS NULL DO UPDATE
              SET fence = r.fence + 1, lease_until = excluded.lease_until
              WHERE r.version = excluded.version AND r.lease_until <= now()
            RETURNING *
          )
          SELECT ${all}, fence::float8 AS fence, accessa_audit(${by.actor}, ${by.role}, NULL,
            CASE WHEN fence = 1 THEN 'release.begin' ELSE 'release.resume' END, 'release', release_id::text, ${by.reason},
            before, jsonb_build_object('version', version), NULL) AS entry
          FROM held`)
        if (row !== undefined) {
          const { fence, ...release } = row
          return Begun.Held({ held: { release, fence } })
        }
        const [other] = yield* readReleases(
          sql`SELECT ${all} FROM releases WHERE environment = ${environment} ORDER BY ended_at IS NULL DESC, started_at DESC LIMIT 1`
        )
        // Releases are never deleted, so only another one can be in the way.
        return Begun.Refused({ release: yield* Effect.orDie(Effect.fromNullishOr(other)) })
      }),
      renew: Effect.fn("Releases.renew")(function*(held, lease) {
        return (yield* run(
          sql`UPDATE releases SET lease_until = ${until(lease)} WHERE ${ofMine(held)} RETURNING release_id`
        )).length > 0
      }),
      letGo: Effect.fn("Releases.letGo")(function*(held) {
        yield* run(sql`UPDATE releases SET lease_until = now() WHERE ${ofMine(held)}`)
      }),
      record: Effect.fn("Releases.record")(function*(held, step, { checks, verdict }) {
        // As above.
        const json = yield* Effect.orDie(encodeChecks(checks))
        return (yield* run(sql`
          WITH mine AS (SELECT release_id FROM releases WHERE ${ofMine(held)} FOR SHARE)
          INSERT INTO release_steps (release_id, step, verdict, checks)
          SELECT release_id, ${step}, ${verdict}, ${json}::jsonb FROM mine
          ON CONFLICT (release_id, step) DO UPDATE
            SET verdict = excluded.verdict, checks = excluded.checks, ended_at = now()
          RETURNING release_id`)).length > 0
      }),
      share: Effect.fn("Releases.share")(function*(held, share) {
        const { documents, percent } = Option.getOrElse(share, () => ({ documents: [], percent: null }))
        return (yield* run(sql`
          UPDATE releases SET claim_percent = ${percent}::int, claim_documents = ${documents}::uuid[]
          WHERE ${ofMine(held)} RETURNING release_id`)).length > 0
      }),
      observe: Effect.fn("Releases.observe")(({ release: { version } }, since) =>
        readObserved(sql`
          SELECT ran.is_new AS "isNew", j.status, ran.troubled, ran.history
          FROM (
            SELECT job_id, status FROM upload_jobs WHERE processing_started_at > ${DateTime.toDateUtc(since)}
            ORDER BY processing_started_at DESC LIMIT ${observed}
          ) j CROSS JOIN LATERAL (
            SELECT bool_and(accessa_of_release(w.version, ${version})) AS is_new,
              bool_or(accessa_of_release(w.version, ${version})) AS any_new,
              bool_or(e.type IN ('retry_scheduled', 'parked', 'crashed')) AS troubled,
              json_agg(json_build_object('toStatus', e.to_status, 'createdAt', floor(extract(epoch FROM e.created_at) * 1000)::bigint)
                ORDER BY e.event_id) AS history
            FROM job_events e LEFT JOIN workers w ON e.actor = 'worker:' || w.worker_id
            WHERE e.job_id = j.job_id
          ) ran WHERE ran.is_new = ran.any_new`)
      ),
      lostWorkers: Effect.fn("Releases.lostWorkers")(function*({ release: { version } }, since) {
        const rows = yield* run(sql`
          SELECT worker_id FROM workers WHERE state <> 'stopped' AND accessa_of_release(version, ${version})
            AND started_at > ${DateTime.toDateUtc(since)}
            AND heartbeat_at < now() - ${Duration.toMillis(silence)}::float8 * interval '1 millisecond'`)
        return rows.length
      }),
      end: Effect.fn("Releases.end")(function*(held, outcome, reason, by) {
        return (yield* run(sql`
          WITH ended AS (
            UPDATE releases SET outcome = ${outcome}, reason = ${reason}, ended_at = now(), lease_until = now()
            WHERE ${ofMine(held)} RETURNING release_id, version
          )
          SELECT accessa_audit(${by.actor}, ${by.role}, NULL, ${`release.${outcome}`}, 'release', release_id::text, ${reason}, NULL,
            jsonb_build_object('version', version, 'outcome', ${outcome}::text), NULL) AS entry FROM ended`)).length > 0
      }),
      ask: Effect.fn("Releases.ask")(function*(id, request, by) {
        return (yield* run(sql`
          WITH asked AS (
            UPDATE releases r SET request = ${request}, request_reason = ${by.reason} FROM releases old
            WHERE r.release_id = ${id} AND old.release_id = r.release_id AND r.ended_at IS NULL
            RETURNING r.release_id, old.request AS earlier
          )
          SELECT accessa_audit(${by.actor}, ${by.role}, NULL, ${`release.${
          request ?? "go_on"
        }`}, 'release', release_id::text,
            ${by.reason}, jsonb_build_object('request', earlier), jsonb_build_object('request', ${request}::text), NULL) AS entry
          FROM asked`)).length > 0
      }),
      find: Effect.fn("Releases.find")(function*(id) {
        const [row] = yield* readReleases(sql`SELECT ${all} FROM releases WHERE release_id = ${id}`)
        return Option.fromUndefinedOr(row)
      }),
      list: Effect.fn("Releases.list")((environment, limit) =>
        readReleases(sql`
          SELECT ${all} FROM releases
          WHERE ${Option.match(environment, { onNone: () => sql`true`, onSome: (name) => sql`environment = ${name}` })}
          ORDER BY started_at DESC LIMIT ${limit}`)
      ),
      steps: Effect.fn("Releases.steps")((id) =>
        readSteps(sql`
          SELECT step, verdict, checks, ended_at AS "endedAt" FROM release_steps WHERE release_id = ${id} ORDER BY ended_at`)
      )
    })
  })
)

/** More would not make the comparison more certain. */
const observed = 1_000

const encodeBefore = Schema.encodeEffect(Schema.fromJsonString(Before))
const encodeChecks = Schema.encodeEffect(Schema.fromJsonString(Schema.Array(ReleaseCheck)))
const readReleases = rowsOf(Release)
const readHeld = rowsOf(Schema.Struct({ ...Release.fields, fence: Schema.Int }))
const readObserved = rowsOf(Schema.Struct({
  isNew: Schema.Boolean,
  status: JobStatus,
  troubled: Schema.Boolean,
  history: Schema.Array(Schema.Struct({ toStatus: JobStatus, createdAt: Schema.DateTimeUtcFromMillis }))
}))
const readSteps = rowsOf(ReleaseStep)
