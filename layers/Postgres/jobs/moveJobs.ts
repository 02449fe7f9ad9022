/** The workers' moves of jobs that they hold, many in one statement. */
import { Effect, Schema, String } from "effect"
import type { SqlClient } from "effect/sql"
import { isEdge, isTerminal, type JobStatus } from "../../../src/domain/JobStatus.ts"
import { type Move, MoveFields } from "../../../src/domain/Move.ts"
import { transition } from "./transition.ts"

/** A move that is not in the graph, or that needs the receipt, is a bug. */
class IllegalMove extends Error {
  constructor(move: Move) {
    super(`No worker may move a job from ${move.from} to ${move.to} (job ${move.jobId}).`)
  }
}

/**
 * Makes many moves and appends their events; returns those that took effect. A job does not move if its status or fence
 * differs, or if no worker holds it: the mover has released or lost it. A hint that arrived while the parse was polled
 * makes the job due at once. Only the receipt leads to `complete`.
 */
export const moveJobs = Effect.fn("Database.moveJobs")(function*(
  sql: SqlClient.SqlClient,
  moves: ReadonlyArray<Move>
) {
  for (const move of moves) {
    if (!isLegal(move)) return yield* Effect.die(new IllegalMove(move))
  }
  const rows = yield* sql<{ readonly job_id: string; readonly fence: bigint }>`
    WITH wanted AS (
      SELECT w.*, last_error->>'code' AS code, last_error->>'message' AS message
      FROM jsonb_to_recordset(${wire(moves)}::jsonb) AS w(
        job_id uuid, fence bigint, from_status text, path text[], type text, actor text, release_ms float8,
        ${sql.literal(types)}
      )
    ), ${
    sql.literal(transition({
      held: "wanted",
      guard: "j.lease_owner IS NOT NULL",
      runAt: `CASE WHEN h.release_ms IS NULL THEN NULL
          WHEN j.hinted_at IS NOT NULL AND h.path[cardinality(h.path)] = 'parse_queued' THEN now()
          ELSE now() + h.release_ms * interval '1 millisecond' END`,
      keepsLease: "h.release_ms IS NULL",
      set: `${assignments}, crash_count = CASE WHEN h.type = 'moved' THEN 0 ELSE j.crash_count END`
    }))
  }
    SELECT moved.job_id, moved.fence FROM moved, told`
  // By fence, too: the previous and the current holder may both be in this batch.
  const moved = new Set(rows.map(({ fence, job_id }) => `${job_id} ${fence}`))
  return new Set(moves.filter(({ fence, jobId }) => moved.has(`${jobId} ${fence}`)))
})

const unlessAbsent = (column: string): string => `${column} = coalesce(h.${column}, j.${column})`

/**
 * How each field reaches the statement and its column. The type lists them all: a field that is missing here would be lost
 * without an error.
 */
const written: Readonly<Record<keyof MoveFields, readonly [type: string, assignment: string]>> = {
  providerJobId: ["text", unlessAbsent("provider_job_id")],
  parseAttempts: ["int", unlessAbsent("parse_attempts")],
  pollDeadlineMs: [
    "float8",
    "poll_deadline = coalesce(now() + h.poll_deadline_ms * interval '1 millisecond', j.poll_deadline)"
  ],
  parsedPath: ["text", unlessAbsent("parsed_path")],
  parsedSha256: ["text", unlessAbsent("parsed_sha256")],
  parseReport: ["jsonb", unlessAbsent("parse_report")],
  embeddingPlan: ["jsonb", unlessAbsent("embedding_plan")],
  progress: ["jsonb", "progress = j.progress || coalesce(h.progress, '{}')"],
  lastError: [
    "jsonb",
    "last_error = CASE WHEN h.type = 'moved' THEN h.last_error ELSE coalesce(h.last_error, j.last_error) END"
  ],
  retryCount: [
    "int",
    "retry_count = coalesce(h.retry_count, CASE WHEN h.type = 'moved' THEN 0 ELSE j.retry_count END)"
  ],
  resumeStatus: ["text", "resume_status = h.resume_status"]
}
const types = Object.entries(written).map(([field, [type]]) => `${String.camelToSnake(field)} ${type}`).join(", ")
const assignments = Object.values(written).map(([, assignment]) => assignment).join(", ")

const isLegal = (move: Move): boolean => {
  if (move.from === move.to) return !isTerminal(move.to)
  const path = pathOf(move)
  return move.to !== "complete" && path.every((to, n) => isEdge(path[n - 1] ?? move.from, to))
}

const wire = (moves: ReadonlyArray<Move>): string =>
  JSON.stringify(moves.map(({ actor, fence, from, jobId, releaseMs, set, through, to, type }) => ({
    job_id: jobId,
    fence: fence.toString(),
    type,
    actor,
    from_status: from,
    path: pathOf({ through, to }),
    release_ms: releaseMs,
    ...columnsOf(set)
  })))

/** Only what has parts goes through its schema: encoding whole moves took a tenth of the worker's time for a small document. */
const columnsOf = (set: MoveFields): Readonly<Record<string, unknown>> => {
  const row: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(set)) {
    const column = columns.get(key)
    if (column !== undefined) row[column.name] = typeof value === "object" ? column.encode(value) : value
  }
  return row
}

const columns: ReadonlyMap<string, { readonly name: string; readonly encode: (value: unknown) => unknown }> = new Map(
  Object.entries(MoveFields.to.fields).map(([key, field]) => [
    key,
    { name: String.camelToSnake(key), encode: Schema.encodeUnknownSync(Schema.toCodecJson(field)) }
  ])
)

/** The statuses that a move takes a job to, one after the other. */
const pathOf = (
  { through = [], to }: { readonly through?: Move["through"] | undefined; readonly to: JobStatus }
): ReadonlyArray<JobStatus> => [...through, to]
