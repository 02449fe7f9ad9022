/** The first job of each of a user's queues, one per priority: an index jump each, no matter how long the queues are. */

/** `user` and `below` are SQL: the user, and an upper bound on the priority. Read it `FROM heads`. */
export const headsOf = (user: string, below?: string): string => {
  const waiting = `user_id = ${user} AND run_at IS NOT NULL${below === undefined ? "" : ` AND priority < ${below}`}`
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
export const firstDueOf = (user: string, below?: string): string =>
  `${headsOf(user, below)} SELECT * FROM heads WHERE run_at <= now() ORDER BY priority DESC LIMIT 1`
