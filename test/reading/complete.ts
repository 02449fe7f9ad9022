/** Complete documents of two users, and one that is not complete, for the tests of what readers see. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { VectorParameters } from "../../layers/Postgres/connection/VectorParameters.ts"
import { chunkId } from "../../src/domain/Chunk.ts"
import { UserId } from "../../src/domain/Ids.ts"
import { accept } from "../support/databases/stores.ts"

export const ann = UserId.make("00000000-0000-4000-8000-0000000000a1")
export const ben = UserId.make("00000000-0000-4000-8000-0000000000b1")

/** A vector that points along one of the dimensions. */
export const along = (dimension: number): Float32Array => {
  const vector = new Float32Array(1536)
  vector[dimension] = 1
  return vector
}

interface Passage {
  readonly text: string
  readonly dimension: number
  readonly page?: number
}

const store = Effect.fnUntraced(function*(
  user: UserId,
  filename: string,
  passages: ReadonlyArray<Passage>,
  status: "complete" | "embedding_in_progress" = "complete"
) {
  const sql = yield* SqlClient.SqlClient
  const { one } = yield* VectorParameters
  const job = yield* accept({ userId: user, filename, metadata: { source: filename.split(".")[0] ?? "" } })
  const [name = "", version = ""] = job.chunksVersion.split("@")
  for (const [ordinal, { dimension, page, text }] of passages.entries()) {
    const id = chunkId(job.documentId, job.chunksVersion, ordinal)
    yield* sql`INSERT INTO document_chunk_buffer
        (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
      VALUES (${id}, ${job.documentId}, ${user}, ${ordinal}, ${name}, ${version}, 's', ${text},
        ${JSON.stringify({ headings: ["Part"], start: 0, end: 1, ...page === undefined ? {} : { page } })}::jsonb)`
    yield* sql`INSERT INTO document_vector_buffer
        (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
      VALUES (${id}, ${job.documentId}, ${user}, ${job.embedModel}, ${job.embedVersion}, ${one(along(dimension))}, '',
        gen_random_uuid())`
  }
  yield* sql`UPDATE upload_jobs SET status = ${status}, run_at = NULL WHERE job_id = ${job.jobId}`
  return job
})

/** Ann has a policy of two passages and an unfinished document, Ben a letter. */
export const fill = Effect.gen(function*() {
  const policy = yield* store(ann, "policy.pdf", [
    { text: "Groundwater is insured after 21 days.", dimension: 0, page: 2 },
    { text: "Hail is insured at once.", dimension: 1, page: 3 }
  ])
  yield* store(ann, "draft.pdf", [{ text: "A draft about groundwater.", dimension: 0 }], "embedding_in_progress")
  const letter = yield* store(ben, "letter.txt", [{ text: "Ben's letter about groundwater.", dimension: 0 }])
  return { policy, letter }
})
