/** The one statement that changes a job's status. There is no other. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { isEdge, isTerminal } from "../../../src/domain/JobStatus.ts"
import type { Move } from "../../../src/domain/Move.ts"
import { toldOf } from "../connection/tell.ts"

/** A move that the graph does not have, or that needs the receipt, is a mistake in this program, not a state of the world. */
export class IllegalMove extends Error {
  constructor(move: Move) {
    super(`No worker may move a job from ${move.from} to ${move.to} (job ${move.job_id}).`)
  }
}

/**
 * Makes many moves and appends their events; answers those that happened. A job does not move if its status or fence is not
 * the expected one, or if nobody holds it: the mover has given it up or lost it. A hint that came while the parse was looked
 * at makes the job due at once. To `complete` leads the receipt alone.
 */
export const moveJobs = Effect.fn("Database.moveJobs")(function*(
  sql: SqlClient.SqlClient,
  moves: ReadonlyArray<Move>
) {
  for (const move of moves) {
    const isLegal = move.from === move.to
      ? !isTerminal(move.to)
      : hops(move).every(({ from, to }) => isEdge(from, to)) && move.to !== "complete"
    if (!isLegal) return yield* Effect.die(new IllegalMove(move))
  }
  const rows = yield* sql<{ readonly job_id: string; readonly fence: bigint }>`
    WITH wanted AS (
      SELECT * FROM jsonb_to_recordset(${wire(moves)}::jsonb) AS w(
        job_id uuid, fence bigint, from_status text, to_status text, hops jsonb, ended boolean, type text, actor text,
        release_ms float8, provider_job_id text, parse_attempts int, poll_deadline_ms float8, parsed_path text, parsed_sha256 text,
        parse_report jsonb, embedding_plan jsonb, progress jsonb, last_error jsonb, retry_count int, resume_status text
      )
    ), moved AS (
      UPDATE upload_jobs j SET
        status = w.to_status,
        run_at = CASE
          WHEN w.ended OR w.release_ms IS NULL THEN NULL
          WHEN j.hinted_at IS NOT NULL AND w.to_status = 'parse_queued' THEN now()
          ELSE now() + w.release_ms * interval '1 millisecond' END,
        lease_owner = CASE WHEN w.ended OR w.release_ms IS NOT NULL THEN NULL ELSE j.lease_owner END,
        lease_until = CASE WHEN w.ended OR w.release_ms IS NOT NULL THEN NULL ELSE j.lease_until END,
        provider_job_id = coalesce(w.provider_job_id, j.provider_job_id),
        parse_attempts = coalesce(w.parse_attempts, j.parse_attempts),
        poll_deadline = coalesce(now() + w.poll_deadline_ms * interval '1 millisecond', j.poll_deadline),
        parsed_path = coalesce(w.parsed_path, j.parsed_path),
        parsed_sha256 = coalesce(w.parsed_sha256, j.parsed_sha256),
        parse_report = coalesce(w.parse_report, j.parse_report),
        embedding_plan = coalesce(w.embedding_plan, j.embedding_plan),
        progress = j.progress || coalesce(w.progress, '{}'),
        last_error = CASE WHEN w.type = 'moved' THEN w.last_error ELSE coalesce(w.last_error, j.last_error) END,
        retry_count = coalesce(w.retry_count, CASE WHEN w.type = 'moved' THEN 0 ELSE j.retry_count END),
        crash_count = CASE WHEN w.type = 'moved' THEN 0 ELSE j.crash_count END,
        resume_status = w.resume_status,
        processing_completed_at = CASE WHEN w.ended THEN now() ELSE j.processing_completed_at END,
        updated_at = now()
      FROM wanted w
      WHERE j.job_id = w.job_id AND j.status = w.from_status AND j.fence = w.fence AND j.lease_owner IS NOT NULL
      RETURNING j.job_id, j.progress, j.fence, w.to_status, w.hops, w.type, w.actor,
        w.last_error->>'code' AS code, w.last_error->>'message' AS message
    ), logged AS (
      INSERT INTO job_events (job_id, type, from_status, to_status, code, message, actor, fence, progress)
      SELECT job_id, type, hop->>'from', hop->>'to', CASE WHEN hop->>'to' = to_status THEN code END,
        CASE WHEN hop->>'to' = to_status THEN message END, actor, fence, progress
      FROM moved CROSS JOIN LATERAL jsonb_array_elements(hops) WITH ORDINALITY AS h(hop, n)
      WHERE type <> 'waiting'
      ORDER BY job_id, n
    ), ${sql.literal(toldOf("moved"))}
    SELECT moved.job_id, moved.fence FROM moved, told`
  // By fence too: who lost the job and who has it now may both be in this batch.
  const moved = new Set(rows.map(({ fence, job_id }) => `${job_id} ${fence}`))
  return new Set(moves.filter(({ fence, job_id }) => moved.has(`${job_id} ${fence}`)))
})

const wire = (moves: ReadonlyArray<Move>): string =>
  JSON.stringify(moves.map(({ set, ...move }) => ({
    ...move,
    ...set,
    fence: move.fence.toString(),
    from_status: move.from,
    to_status: move.to,
    hops: hops(move),
    ended: isTerminal(move.to)
  })))

/** The edges of a move, in their order. */
const hops = ({ from, through = [], to }: Pick<Move, "from" | "through" | "to">) =>
  [...through, to].map((next, index) => ({ from: index === 0 ? from : through[index - 1] ?? from, to: next }))
