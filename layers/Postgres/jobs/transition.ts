/**
 * Every change of a job's status, as the CTEs of one statement: the guarded update, its events and the notification. A job is
 * inserted as `uploaded`; from then on no other SQL writes `status`. The trigger `tell_webhooks` (migration 0005) makes the
 * webhook deliveries of an ended job from its events.
 */
import { activeStatuses, edges } from "../../../src/domain/JobStatus.ts"
import { toldOf } from "../connection/tell.ts"
import { endedStatuses } from "./endedStatuses.ts"

interface Transition {
  /**
   * A CTE with a row for each job: `job_id`, the `fence` and `from_status` that its row must have, the `path` of statuses that it
   * takes (`from_status` alone for a pause), and for the event `type`, `code`, `message` and `actor`. An event of the type
   * `waiting` is not written.
   */
  readonly held: string
  /** Further assignments to `upload_jobs j` from the row `h` of `held`. */
  readonly set?: string
  /** When a job that has not ended can be claimed again; by default not before its holder gives it up. */
  readonly runAt?: string
  /** The condition under which the holder keeps its lease on a job that has not ended. */
  readonly keepsLease?: string
  /** Invalidates the current holder's claim. */
  readonly newFence?: boolean
  /** Further conditions on `j`. */
  readonly guard?: string
}

/** The CTEs `moved`, with a row for each changed job, `logged` and `told`; they only run if `told` is selected from. */
export const transition = (
  { guard = "true", held, keepsLease = "false", newFence = false, runAt = "NULL::timestamptz", set }: Transition
): string => `
  moved AS (
    UPDATE upload_jobs j SET
      status = ${target},
      run_at = CASE WHEN ${ended} THEN NULL ELSE ${runAt} END,
      lease_owner = CASE WHEN NOT ${ended} AND ${keepsLease} THEN j.lease_owner END,
      lease_until = CASE WHEN NOT ${ended} AND ${keepsLease} THEN j.lease_until END,
      processing_completed_at = CASE WHEN ${ended} THEN now() END,
      ${newFence ? "fence = j.fence + 1," : ""}
      ${set === undefined ? "" : `${set},`}
      updated_at = now()
    FROM ${held} h
    WHERE j.job_id = h.job_id AND j.status = h.from_status AND j.fence = h.fence AND ${onGraph} AND ${guard}
    RETURNING j.job_id, j.user_id, j.document_id, j.correlation_id, j.status, j.fence, j.progress, j.provider_job_id, h.from_status, h.path, h.type, h.code,
      h.message, h.actor
  ), ${eventsOf("moved")}, ${toldOf("moved")}`

/** The CTE `logged`: an event for each status on the way of a CTE's jobs. Code and message belong to the last. */
export const eventsOf = (moved: string): string => `
  logged AS (
    INSERT INTO job_events (job_id, type, from_status, to_status, code, message, actor, fence, progress)
    SELECT job_id, type, coalesce(path[n - 1], from_status), path[n], CASE WHEN n = cardinality(path) THEN code END,
      CASE WHEN n = cardinality(path) THEN message END, actor, fence, progress
    FROM ${moved} CROSS JOIN LATERAL generate_subscripts(path, 1) AS n
    WHERE type <> 'waiting'
    ORDER BY job_id, n
  )`

const list = (texts: ReadonlyArray<string>): string => `('${texts.join("', '")}')`

const target = "h.path[cardinality(h.path)]"
const ended = `${target} IN ${endedStatuses}`
const steps = [...edges, ...activeStatuses.map((status) => ({ from: status, to: status }))]
const onGraph = `NOT EXISTS (
      SELECT FROM generate_subscripts(h.path, 1) AS n
      WHERE (coalesce(h.path[n - 1], h.from_status) || ' ' || h.path[n] IN ${
  list(steps.map(({ from, to }) => `${from} ${to}`))
}) IS NOT TRUE
    )`
