/** What a worker of the state machine's tests brings to its moves. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { VectorParameters } from "../../layers/Postgres/connection/VectorParameters.ts"
import { chunkId } from "../../src/domain/Chunk.ts"
import { errorCodes } from "../../src/domain/ErrorCode.ts"
import { sha256 } from "../../src/domain/hash.ts"
import type { ClaimedJob, Job, JobError } from "../../src/domain/Job.ts"
import { type JobStatus, stateGraph } from "../../src/domain/JobStatus.ts"
import type * as Model from "./Model.ts"

/** The next statuses that one statement may pass; `complete` needs another statement. */
export const pathFrom = (status: JobStatus, steps: number): ReadonlyArray<JobStatus> => {
  const path: Array<JobStatus> = []
  for (let at = stateGraph[status].next; at !== undefined && path.length < steps; at = stateGraph[at].next) {
    if (at === "complete" && path.length > 0 && path.join() !== "embeddings_stored") break
    path.push(at)
  }
  return path
}

export const failing = (code: "PARSER_FAILED" | "PARSED_MISSING" | "NO_TEXT", atStatus: JobStatus): JobError => ({
  code,
  class: errorCodes[code].class,
  message: "It failed.",
  help: errorCodes[code].help,
  kept: "All.",
  atStatus
})

export const asClaimed = (job: Job, { fence, status }: Model.Holding): ClaimedJob => ({
  ...job,
  status,
  fence,
  traceparent: null,
  webhookSecret: "",
  pollLeftMs: null,
  parseAttempts: 0
})

/** One chunk with its vector, so that the receipt holds. */
export const giveContent = Effect.fnUntraced(function*(job: Job) {
  const sql = yield* SqlClient.SqlClient
  const { one } = yield* VectorParameters
  const [name = "", version = ""] = job.chunksVersion.split("@")
  const id = chunkId(job.documentId, job.chunksVersion, 0)
  yield* sql`
    INSERT INTO document_chunk_buffer
      (chunk_id, document_id, user_id, chunk_ord, chunker_name, chunker_version, chunk_sha, text, meta)
    VALUES (${id}, ${job.documentId}, ${job.userId}, 0, ${name}, ${version}, ${sha256("text")}, 'text', '{}')`
  yield* sql`
    INSERT INTO document_vector_buffer
        (chunk_id, document_id, user_id, embed_model, embed_version, vector, vector_sha, batch_id)
    VALUES (${id}, ${job.documentId}, ${job.userId}, ${job.embedModel}, ${job.embedVersion}, ${
    one(new Float32Array(1536).fill(1))
  },
      '', gen_random_uuid())`
})
