/** The daily compliance checks on Postgres: one row a day. */
import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { ComplianceChecks } from "../../../services/ComplianceChecks.ts"
import { Finding } from "../../../src/domain/Finding.ts"
import { rowOf, run } from "../connection/rows.ts"

const encodeFindings = Schema.encodeEffect(Schema.fromJsonString(Schema.Array(Finding)))
const readDue = rowOf(Schema.Struct({ due: Schema.Boolean }))

export const ComplianceChecksSql = Layer.effect(
  ComplianceChecks,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const today = sql`(now() AT TIME ZONE 'UTC')::date`
    return ComplianceChecks.of({
      isDue: readDue(sql`
        SELECT NOT EXISTS (SELECT FROM compliance_checks WHERE day = ${today}
          AND (checked_at > now() - interval '1 hour' OR NOT jsonb_path_exists(findings, '$[*] ? (@.ok == false)'))) AS due`)
        .pipe(Effect.map(({ due }) => due), Effect.withSpan("ComplianceChecks.isDue")),
      record: Effect.fn("ComplianceChecks.record")(function*(findings) {
        // Cannot fail: this process made the findings by the same schema.
        const text = yield* Effect.orDie(encodeFindings(findings))
        yield* run(sql`
          WITH forgotten AS (DELETE FROM compliance_checks WHERE day < ${today} - 365)
          INSERT INTO compliance_checks (day, findings) VALUES (${today}, ${text}::jsonb)
          ON CONFLICT (day) DO UPDATE SET checked_at = now(), findings = excluded.findings`)
      })
    })
  })
)
