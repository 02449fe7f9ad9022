/** The providers' rows and the alerts on Postgres. */
import { Duration, Effect, Layer, Option, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { type By } from "../../../services/ApiKeys.ts"
import { type Provider, Providers, ProviderState } from "../../../services/Providers.ts"
import { codesOf, ErrorCode } from "../../../src/domain/ErrorCode.ts"
import { Dependency, type ServiceError } from "../../../src/domain/ServiceError.ts"
import { longTransaction, refusalAlertCloseAfter } from "../../../src/policy/alerts.ts"
import { probeTime } from "../../../src/policy/breakers.ts"
import { providersPayload, workChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { rowError } from "../connection/rowError.ts"
import { toServiceError } from "../connection/sqlErrors.ts"
import { shutProvider } from "./shutProvider.ts"
import { watchDatabase } from "./watchDatabase.ts"
import { watchGrants } from "./watchGrants.ts"

export const ProvidersSql = Layer.effect(
  Providers,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifications = yield* Notifications
    const failing = Effect.mapError<SqlError, ServiceError>(toServiceError)

    const list = failing(sql`
      SELECT dependency, state, code, message, failures, opened_at, probe_at, since, updated_by, reason,
        (extract(epoch FROM probe_at - now()) * 1000)::float8 AS probe_ms
      FROM providers ORDER BY dependency`).pipe(
      Effect.flatMap((rows) => Effect.mapError(decodeProviders(rows), rowError)),
      Effect.map((rows) => rows.map(toProvider)),
      Effect.withSpan("Providers.list")
    )

    /** Answers whether it was shut. Whoever was parked for the service is due. */
    const open = (dependency: Dependency, updatedBy: string, by: By | null) =>
      failing(sql`
        WITH before AS (
          SELECT * FROM providers WHERE dependency = ${dependency} AND state <> 'closed' FOR UPDATE
        ), opened AS (
          UPDATE providers p SET state = 'closed', code = NULL, message = NULL, failures = 0, opened_at = NULL,
            probe_at = NULL, since = now(), updated_by = ${updatedBy}, reason = ${by?.reason ?? null}
          FROM before WHERE p.dependency = before.dependency
          RETURNING p.*
        ), closed AS (
          UPDATE alerts SET closed_at = now() FROM opened
          WHERE closed_at IS NULL AND key LIKE opened.dependency || ':%'
        ), woken AS (
          UPDATE upload_jobs SET run_at = now(), last_error = last_error - 'since' FROM opened
          WHERE run_at > now() AND last_error->>'class' = 'recoverable'
            AND last_error->>'code' = ANY(${codesOf(dependency)}::text[])
        ), audited AS (
          SELECT accessa_audit(${by?.actor ?? null}, ${by?.role ?? null}, NULL, 'provider.reset', 'provider',
            opened.dependency, ${by?.reason ?? null}, to_jsonb(before), to_jsonb(opened), ${by?.correlationId ?? null})
          FROM opened JOIN before USING (dependency) WHERE ${by !== null}
        )
        SELECT pg_notify(${workChannel}, ${providersPayload}), (SELECT count(*) FROM audited) FROM opened`).pipe(
        Effect.map((rows) => rows.length > 0)
      )

    return Providers.of({
      list,
      shut: Effect.fn("Providers.shut")(function*(shutting) {
        yield* failing(shutProvider(sql, shutting))
      }),
      takeProbe: Effect.fn("Providers.takeProbe")(function*(dependency, actor) {
        const rows = yield* failing(sql`
          UPDATE providers SET state = 'half_open', since = now(), updated_by = ${actor},
            probe_at = now() + ${Duration.toMillis(probeTime)}::float8 * interval '1 millisecond'
          WHERE dependency = ${dependency} AND probe_at <= now()
          RETURNING dependency`)
        return rows.length > 0
      }),
      reopen: Effect.fn("Providers.reopen")(function*(dependency, actor) {
        yield* open(dependency, actor, null)
      }),
      reset: Effect.fn("Providers.reset")(function*(dependency, by) {
        if (!(yield* open(dependency, by.actor, by))) return Option.none()
        return Option.fromNullishOr((yield* list).find((provider) => provider.dependency === dependency))
      }),
      raise: Effect.fn("Providers.raise")(function*({ code, key, message }) {
        yield* failing(sql`
          INSERT INTO alerts (key, code, message) VALUES (${key}, ${code}, ${message})
          ON CONFLICT (key) WHERE closed_at IS NULL
            DO UPDATE SET count = alerts.count + 1, message = excluded.message, seen_at = now()`)
      }),
      watch: watchDatabase(sql, longTransaction, refusalAlertCloseAfter).pipe(
        Effect.andThen(watchGrants(sql)),
        failing,
        Effect.asVoid,
        Effect.withSpan("Providers.watch")
      ),
      alerts: Effect.fn("Providers.alerts")(function*(which) {
        const rows = yield* failing(sql`
          SELECT alert_id::float8 AS "alertId", key, code, message, count, opened_at AS "openedAt", seen_at AS "seenAt",
            closed_at AS "closedAt"
          FROM alerts ${which === "open" ? sql`WHERE closed_at IS NULL` : sql``}
          ORDER BY alert_id DESC LIMIT 200`)
        return yield* Effect.mapError(decodeAlerts(rows), rowError)
      }),
      changes: notifications.subscribe(workChannel).pipe(
        Stream.filter((payload) => payload === providersPayload),
        Stream.map(() => undefined)
      )
    })
  })
)

const time = Schema.DateTimeUtcFromDate
const decodeProviders = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  dependency: Dependency,
  state: ProviderState,
  code: Schema.NullOr(ErrorCode),
  message: Schema.NullOr(Schema.String),
  failures: Schema.Int,
  opened_at: Schema.NullOr(time),
  probe_at: Schema.NullOr(time),
  probe_ms: Schema.NullOr(Schema.Finite),
  since: time,
  updated_by: Schema.String,
  reason: Schema.NullOr(Schema.String)
})))
const decodeAlerts = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  alertId: Schema.Int,
  key: Schema.String,
  code: ErrorCode,
  message: Schema.String,
  count: Schema.Int,
  openedAt: time,
  seenAt: time,
  closedAt: Schema.NullOr(time)
})))

type ProviderRow = Effect.Success<ReturnType<typeof decodeProviders>>[number]

const toProvider = ({ opened_at, probe_at, probe_ms, updated_by, ...row }: ProviderRow): Provider => ({
  ...row,
  openedAt: opened_at,
  probeAt: probe_at,
  probeIn: probe_ms === null ? null : Duration.millis(Math.max(0, probe_ms)),
  updatedBy: updated_by
})
