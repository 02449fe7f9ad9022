/** Chunks on Postgres. Many small documents are stored in one transaction, large ones in windows of their own. */
import { Effect, Exit, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Chunks } from "../../../services/Chunks.ts"
import { type Chunk, ChunkMeta, type NextChunks } from "../../../src/domain/Chunk.ts"
import { ChunkId } from "../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { type Move, StaleClaim } from "../../../src/domain/Move.ts"
import type { ServiceError } from "../../../src/domain/ServiceError.ts"
import type { Reuse } from "../../../src/domain/Vector.ts"
import { makeCoalescer } from "../../shared/coalesce.ts"
import { asUsers } from "../connection/asUser.ts"
import { inTransaction } from "../connection/inTransaction.ts"
import { decodeRows, run } from "../connection/rows.ts"
import { moveJobs } from "../jobs/moveJobs.ts"
import { nothingReused, reuseOf, reuseVectors } from "../vectors/reuseVectors.ts"
import { insertChunks, type Inserted, removeOutdated } from "./storeChunks.ts"

/** Chunks in one insert, or some more. */
const window = 500

interface StoreRequest {
  readonly job: ClaimedJob
  readonly chunks: ReadonlyArray<Chunk>
  readonly move: Move
}

interface BeginRequest extends Omit<StoreRequest, "move"> {
  readonly moves: (reuse: Reuse) => ReadonlyArray<Move>
}

export const ChunksSql = Layer.effect(
  Chunks,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient

    const storeSmall = Effect.fnUntraced(function*(requests: ReadonlyArray<StoreRequest>) {
      const moved = yield* inTransaction(sql)(Effect.gen(function*() {
        yield* removeOutdated(sql, requests)
        yield* insertChunks(sql, requests, { findKnownTexts: false })
        return yield* moveJobs(sql, requests.map((request) => request.move))
      })).pipe(run)
      return requests.map(({ chunks, job, move }): Exit.Exit<number, ServiceError | StaleClaim> =>
        moved.has(move) ? Exit.succeed(chunks.length) : Exit.fail(new StaleClaim({ jobId: job.jobId }))
      )
    })
    const store = yield* makeCoalescer(storeSmall, { most: 32, lanes: 2 })

    const beginAll = Effect.fnUntraced(function*(requests: ReadonlyArray<BeginRequest>) {
      const { begun, made } = yield* inTransaction(sql)(Effect.gen(function*() {
        yield* removeOutdated(sql, requests)
        const isNew = newAmong(yield* insertChunks(sql, requests, { findKnownTexts: true }))
        const parts = requests.filter((request) => !isNew(request))
          .map(({ chunks, job }) => ({ job, after: -1, limit: chunks.length }))
        const found = reuseOf(parts.length === 0 ? [] : yield* reuseVectors(sql, parts))
        const begun = requests.map((request) => {
          const reuse = isNew(request) ? nothingReused(request.chunks) : found(request.job)
          return { jobId: request.job.jobId, moves: request.moves(reuse), reuse }
        })
        return { begun, made: yield* moveInTurn(sql, begun.map(({ moves }) => moves)) }
      })).pipe(run)
      return begun.map(({ jobId, moves, reuse }): Exit.Exit<Reuse, ServiceError | StaleClaim> =>
        moves.every((move) => made.has(move)) ? Exit.succeed(reuse) : Exit.fail(new StaleClaim({ jobId }))
      )
    })
    const begin = yield* makeCoalescer(beginAll, { most: 32, lanes: 2 })

    const storeLarge = Effect.fnUntraced(function*(
      job: ClaimedJob,
      first: ReadonlyArray<Chunk>,
      next: NextChunks,
      move: (stored: number) => Move
    ) {
      let stored = 0
      for (let chunks = first; chunks.length > 0; chunks = yield* windowOf(next)) {
        const request = { job, chunks }
        yield* removeOutdated(sql, [request])
        yield* insertChunks(sql, [request], { findKnownTexts: false })
        stored += chunks.length
      }
      const moved = yield* moveJobs(sql, [move(stored)])
      if (moved.size === 0) return yield* new StaleClaim({ jobId: job.jobId })
      return stored
    })

    return Chunks.of({
      store: Effect.fn("Chunks.store")(function*(job, next, move) {
        const first = yield* windowOf(next)
        return first.length < window
          ? yield* store({ job, chunks: first, move: move(first.length) })
          : yield* run(inTransaction(sql)(storeLarge(job, first, next, move)))
      }),
      begin: Effect.fn("Chunks.begin")((job, chunks, moves) => begin({ job, chunks, moves })),
      page: Effect.fn("Chunks.page")(function*(user, id, after, limit) {
        const chunks = sql`
          SELECT c.chunk_id, c.chunk_ord AS ordinal, c.chunk_sha AS sha, c.text, c.meta, EXISTS (
            SELECT FROM document_vector_buffer v WHERE v.chunk_id = c.chunk_id AND v.user_id = c.user_id
              AND v.embed_model = j.embed_model AND v.embed_version = j.embed_version
          ) AS embedded
          FROM document_chunk_buffer c JOIN upload_jobs j USING (user_id, document_id)
          WHERE c.document_id = ${id} AND j.user_id = ${user} AND c.chunk_ord > ${after}
          ORDER BY c.chunk_ord LIMIT ${limit}`
        const document = sql`SELECT FROM documents WHERE document_id = ${id} AND user_id = ${user}`
        const [rows, known] = yield* Effect.all([chunks, document]).pipe(asUsers(sql, [user]), run)
        if (known.length === 0) return Option.none()
        const decoded = yield* decodeChunks(rows)
        return Option.some(decoded.map(({ chunk_id, ...chunk }) => ({ ...chunk, chunkId: chunk_id })))
      })
    })
  })
)

/** Whether all of a document's chunks were just inserted, and its user had none of the texts: then there is nothing to reuse. */
const newAmong = (inserted: ReadonlyArray<Inserted>) => {
  const rows = new Map(inserted.map((row) => [row.document_id, row]))
  return ({ chunks, job }: Omit<BeginRequest, "moves">): boolean => {
    const row = rows.get(job.documentId)
    return row !== undefined && row.has_known !== true && row.chunks === chunks.length
  }
}

/** The first move of each job in one statement, then the second ones. */
const moveInTurn = Effect.fnUntraced(function*(
  sql: SqlClient.SqlClient,
  moves: ReadonlyArray<ReadonlyArray<Move>>
) {
  const made = new Set<Move>()
  for (let turn = 0; moves.some(({ length }) => length > turn); turn++) {
    const next = moves.flatMap((each) => each.slice(turn, turn + 1))
    for (const move of yield* moveJobs(sql, next)) made.add(move)
  }
  return made
})

/** At least one window, unless the chunks end before that. */
const windowOf = Effect.fnUntraced(function*(next: NextChunks) {
  const gathered: Array<Chunk> = []
  while (gathered.length < window) {
    const some = yield* next
    if (some.length === 0) break
    gathered.push(...some)
  }
  return gathered
})

const decodeChunks = decodeRows(Schema.Struct({
  chunk_id: ChunkId,
  ordinal: Schema.Int,
  sha: Schema.String,
  text: Schema.String,
  meta: ChunkMeta,
  embedded: Schema.Boolean
}))
