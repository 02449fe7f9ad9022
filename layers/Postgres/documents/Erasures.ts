/** Erasures on Postgres, by the database's clock. */
import { Duration, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { type Erasure, Erasures } from "../../../services/Erasures.ts"
import { DocumentId, JobId, UserId } from "../../../src/domain/Ids.ts"
import { parsedPath } from "../../../src/domain/objectPaths.ts"
import { erasures } from "../../../src/policy/erasures.ts"
import { rowsOf, run } from "../connection/rows.ts"

const waits = erasures.passes.map((wait) => Duration.toSeconds(wait))

export const ErasuresSql = Layer.effect(
  Erasures,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    return Erasures.of({
      take: sql`
        UPDATE erasures SET run_at = now() + ${Duration.toSeconds(erasures.again)} * interval '1 second'
        WHERE job_id IN (
          SELECT job_id FROM erasures WHERE run_at <= now() ORDER BY run_at LIMIT ${erasures.batch} FOR UPDATE SKIP LOCKED
        )
        RETURNING job_id, user_id, document_id, raw_path, parsed_path, fence, provider_job_id`.pipe(
        readErasures,
        Effect.map((rows) => rows.map(toErasure)),
        Effect.withSpan("Erasures.take")
      ),
      // An erasure made due meanwhile stays due.
      finish: Effect.fn("Erasures.finish")(function*(jobs) {
        yield* run(sql`
          WITH over AS (
            DELETE FROM erasures
            WHERE job_id = ANY(${jobs}::uuid[]) AND run_at > now() AND passes >= ${waits.length}
          )
          UPDATE erasures SET passes = passes + 1, provider_job_id = NULL,
            run_at = now() + (${waits}::float8[])[passes + 1] * interval '1 second'
          WHERE job_id = ANY(${jobs}::uuid[]) AND run_at > now() AND passes < ${waits.length}`)
      }),
      hasten: Effect.fn("Erasures.hasten")(function*(job) {
        yield* run(sql`UPDATE erasures SET run_at = now() WHERE job_id = ${job}`)
      })
    })
  })
)

const Row = Schema.Struct({
  job_id: JobId,
  user_id: UserId,
  document_id: DocumentId,
  raw_path: Schema.String,
  parsed_path: Schema.NullOr(Schema.String),
  fence: Schema.BigInt,
  provider_job_id: Schema.NullOr(Schema.String)
})
const readErasures = rowsOf(Row)

const toErasure = (row: typeof Row.Type): Erasure => {
  const attempts = Math.min(Number(row.fence), erasures.attempts)
  return {
    jobId: row.job_id,
    paths: [
      row.raw_path,
      ...(row.parsed_path === null ? [] : [row.parsed_path]),
      ...Array.from(
        { length: attempts },
        (_, n) => parsedPath(row.user_id, row.document_id, row.job_id, row.fence - BigInt(n))
      )
    ],
    providerJobId: row.provider_job_id
  }
}
