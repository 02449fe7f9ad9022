/** Vectors and the ledger on Postgres; vectors are sent in binary. */
import { Effect, Exit, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Vectors } from "../../../services/Vectors.ts"
import { ChunkId, type JobId } from "../../../src/domain/Ids.ts"
import { StaleClaim } from "../../../src/domain/Move.ts"
import type { RecoverableError, ServiceError } from "../../../src/domain/ServiceError.ts"
import type { Reuse } from "../../../src/domain/Vector.ts"
import { makeCoalescer } from "../../shared/coalesce.ts"
import { rowsOf, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { VectorParameters } from "../connection/VectorParameters.ts"
import { announceCall, forgetAnnounced, loseCall, withdrawCall } from "./ledger.ts"
import { matchDocuments } from "./matchDocuments.ts"
import { overBudget } from "./overBudget.ts"
import { announceQuery, beginMonth, payProbe, payQuery } from "./queries.ts"
import { type Part, reuseOf, reuseVectors } from "./reuseVectors.ts"
import { nearestToChunk, searchVectors } from "./searchVectors.ts"
import { DefaultBudget } from "./spending.ts"
import { storeVectors } from "./storeVectors.ts"

export const VectorsSql = Layer.effect(
  Vectors,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const parameters = yield* VectorParameters
    const defaultBudget = yield* DefaultBudget
    const slow = yield* SlowReads

    const runReuse = (parts: ReadonlyArray<Part>) =>
      reuseVectors(sql, parts).pipe(
        run,
        Effect.map(reuseOf),
        Effect.map((found) => parts.map(({ job }): Exit.Exit<Reuse, ServiceError> => Exit.succeed(found(job))))
      )
    const reuse = yield* makeCoalescer(runReuse, { most: 64, lanes: 1 })

    return Vectors.of({
      reuse: (job, after, limit) => reuse({ job, after, limit }),
      // The page is limited before joining the vectors: a planner without statistics would join the whole tables.
      missing: Effect.fn("Vectors.missing")(function*(job, model, after, limit) {
        const rows = yield* readMissing(sql`
          SELECT c.chunk_id, c.ordinal, c.sha, c.text
          FROM (
            SELECT chunk_id, chunk_ord AS ordinal, coalesce(embed_sha, chunk_sha) AS sha,
              embed_context || text AS text FROM document_chunk_buffer
            WHERE document_id = ${job.documentId} AND user_id = ${job.userId}
              AND chunker_name = split_part(${job.chunksVersion}::text, '@', 1)
              AND chunker_version = split_part(${job.chunksVersion}::text, '@', 2)
              AND chunk_ord > ${after} AND chunk_ord <= ${after + limit}
          ) c
          LEFT JOIN LATERAL (
            SELECT v.chunk_id FROM document_vector_buffer v
            WHERE v.chunk_id = c.chunk_id AND v.user_id = ${job.userId} AND v.embed_model = ${model.model}
              AND v.embed_version = ${model.version}
            OFFSET 0
          ) v ON true
          WHERE v.chunk_id IS NULL
          ORDER BY c.ordinal`)
        return rows.map(({ chunk_id, ...chunk }) => ({ ...chunk, chunkId: chunk_id }))
      }),
      announce: Effect.fn("Vectors.announce")(function*(purchase) {
        const rows = yield* run(announceCall(sql, purchase, defaultBudget))
        const held = new Set(rows.map((row) => row.job_id))
        const refused = new Map<JobId, StaleClaim | RecoverableError>()
        for (const { job: { jobId } } of purchase.shares) {
          if (!held.has(jobId)) refused.set(jobId, new StaleClaim({ jobId }))
        }
        for (const { cost_usd, job_id, left_usd, limit_usd, over } of rows) {
          if (over === null || limit_usd === null || left_usd === null) continue
          const costUsd = cost_usd
          refused.set(job_id, yield* overBudget({ over, limitUsd: limit_usd, leftUsd: left_usd, costUsd }))
        }
        const overdrawn = rows.filter(({ over }) => over !== null).map(({ job_id }) => job_id)
        if (overdrawn.length > 0) yield* run(forgetAnnounced(sql, purchase.callId, overdrawn))
        return refused
      }),
      store: Effect.fn("Vectors.store")(function*(purchase, vectors, requestId) {
        const held = yield* run(
          parameters.withCurrentType(() => storeVectors(sql, parameters, purchase, vectors, requestId))
        )
        return new Set(purchase.shares.map(({ job }) => job.jobId).filter((id) => !held.has(id)))
      }),
      withdraw: Effect.fn("Vectors.withdraw")(function*(callId) {
        yield* run(withdrawCall(sql, callId))
      }),
      lose: Effect.fn("Vectors.lose")(function*(callId) {
        yield* run(loseCall(sql, callId))
      }),
      announceQuery: Effect.fn("Vectors.announceQuery")(function*(call) {
        for (;;) {
          const [refused] = yield* run(announceQuery(sql, call, defaultBudget))
          if (refused === undefined) return
          const { left_usd: leftUsd, limit_usd: limitUsd, over } = refused
          if (over !== null) return yield* yield* overBudget({ over, limitUsd, leftUsd, costUsd: call.costUsd })
          yield* run(beginMonth(sql, call.user))
        }
      }),
      payQuery: Effect.fn("Vectors.payQuery")(function*(call, requestId) {
        yield* run(payQuery(sql, call, requestId))
      }),
      payProbe: Effect.fn("Vectors.payProbe")(function*(call, requestId) {
        yield* run(payProbe(sql, call, requestId))
      }),
      search: Effect.fn("Vectors.search")((user, model, query, options) =>
        searchVectors(slow, parameters, { user, model, query, ...options })
      ),
      match: Effect.fn("Vectors.match")((user, query, options) =>
        matchDocuments(slow, parameters, user, query, options)
      ),
      nearest: Effect.fn("Vectors.nearest")((user, chunk, limit) => nearestToChunk(slow, user, chunk, limit))
    })
  })
)

const readMissing = rowsOf(Schema.Struct({
  chunk_id: ChunkId,
  ordinal: Schema.Int,
  sha: Schema.String,
  text: Schema.String
}))
