/** The first job of each of a user's queues, one per priority: an index jump each, no matter how long the queues are. */

interface Only {
  /** SQL: an upper bound on the priority. */
  readonly below?: string
  /** SQL: a condition on the job. */
  readonly where?: string
}

/** `user` is SQL. Read it `FROM heads`. */
export const headsOf = (user: string, { below, where }: Only = {}): string => {
  const waiting = `user_id = ${user} AND run_at IS NOT NULL${below === undefined ? "" : ` AND priority < ${below}`}${
    where === undefined ? "" : ` AND ${where}`
  }`
  return `
    WITH RECURSIVE heads AS (
      (SELECT priority, run_at, job_id FROM upload_jobs WHERE ${waiting} ORDER BY priority, run_at, job_id LIMIT 1)
      UNION ALL
      SELECT next.* FROM heads h CROSS JOIN LATERAL (
        SELECT priority, run_at, job_id FROM upload_jobs WHERE ${waiting} AND priority > h.priority
        ORDER BY priority, run_at, job_id LIMIT 1
      ) next
    )`
}

/** The user's first due job: urgent ones first, then the longest waiting. */
export const firstDueOf = (user: string, only: Only = {}): string =>
  `${headsOf(user, only)} SELECT * FROM heads WHERE run_at <= now() ORDER BY priority DESC LIMIT 1`
