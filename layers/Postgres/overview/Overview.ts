/** The overview on Postgres, on the connections for slow reads, so that viewers never use up those of ingestion. */
import { Duration, Effect, Layer, Schema } from "effect"
import type { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import { Overview } from "../../../services/Overview.ts"
import { Costs } from "../../../src/domain/Costs.ts"
import { errorCodes } from "../../../src/domain/ErrorCode.ts"
import { Capacity, FailureGroup, HeldJob, JobLine, Overview as Glance } from "../../../src/domain/Overview.ts"
import { PagePlace } from "../../../src/domain/PagePlace.ts"
import { Leases } from "../../../src/policy/leases.ts"
import { decodeRow, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { DefaultBudget } from "../vectors/spending.ts"
import { capacity, DatabaseLimit } from "./capacity.ts"
import { costs } from "./costs.ts"
import { failures } from "./failures.ts"
import { glance } from "./glance.ts"
import { jobPage } from "./jobPage.ts"

export const OverviewSql = Layer.effect(
  Overview,
  Effect.gen(function*() {
    const { sql, turn } = yield* SlowReads
    const { silentAfter } = yield* Leases

    const one = <A, I>(schema: Schema.Codec<A, I>, read: Effect.Effect<Found, SqlError>) => {
      const decode = decodeRow(schema)
      return turn(run(read)).pipe(Effect.flatMap(([row]) => decode(row?.found)))
    }

    return Overview.of({
      glance: one(Glance, glance(sql, Duration.toMillis(silentAfter))).pipe(Effect.withSpan("Overview.glance")),
      failures: one(Schema.Array(FailureRow), failures(sql)).pipe(
        Effect.map((groups) => groups.map((group) => ({ ...group, help: errorCodes[group.code].help }))),
        Effect.withSpan("Overview.failures")
      ),
      jobs: Effect.fn("Overview.jobs")(function*(filter, after, limit) {
        return yield* one(JobPage, jobPage(sql, filter, after, limit))
      }),
      held: one(Schema.Array(HeldJob), held(sql)).pipe(Effect.withSpan("Overview.held")),
      costs: one(Costs, costs(sql, yield* DefaultBudget)).pipe(Effect.withSpan("Overview.costs")),
      capacity: one(Capacity, capacity(sql, yield* DatabaseLimit)).pipe(Effect.withSpan("Overview.capacity"))
    })
  })
)

const { help: _, ...failureFields } = FailureGroup.fields
const FailureRow = Schema.Struct(failureFields)
const JobPage = Schema.Struct({ jobs: Schema.Array(JobLine), next: Schema.OptionFromNullOr(PagePlace) })

type Found = ReadonlyArray<{ readonly found: unknown }>

const held = (sql: SqlClient.SqlClient) =>
  sql<Found[number]>`
    SELECT coalesce(json_agg(h), '[]') AS found FROM (
      SELECT j.lease_owner AS worker_id, j.job_id, j.user_id, d.filename, j.status, j.updated_at AS since, j.lease_until
      FROM upload_jobs j JOIN documents d USING (user_id, document_id)
      WHERE j.lease_until IS NOT NULL ORDER BY j.updated_at LIMIT 200) h`
