/** F7: three workers, one of which is killed every few seconds. */
import { Clock, Duration, Effect, Random } from "effect"
import { SqlClient } from "effect/sql"
import type { Case } from "../Case.ts"
import { must, patiently } from "../judge.ts"
import { World } from "../World.ts"
import { acceptDocuments, ending, stormStack } from "./storm.ts"

export interface LoopOptions {
  readonly duration: Duration.Duration
  readonly every: Duration.Duration
  readonly documents: number
}

export const killLoop = ({ documents, duration, every }: LoopOptions): Case => ({
  id: "F7",
  title: `a worker killed every ${Duration.format(every)} for ${
    Duration.format(duration)
  }, three workers, ${documents} documents, a fifth of all provider calls failing`,
  expected: "Every document is complete or failed with an explanation; nothing is stored twice or billed without a "
    + "record; recovery p95 under 45 s.",
  needs: ["postgres"],
  minutes: Duration.toMinutes(duration) + 15,
  run: Effect.gen(function*() {
    const { start } = yield* World
    const sql = yield* SqlClient.SqlClient
    const settings = yield* stormStack
    const workers = yield* Effect.forEach([1, 2, 3], () => start("worker", settings), { concurrency: "unbounded" })
    yield* acceptDocuments(documents)
    const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(duration)
    const orphans: Array<{ readonly job_id: string; readonly at: Date }> = []
    let kills = 0
    while ((yield* Clock.currentTimeMillis) < end) {
      yield* Effect.sleep(every)
      const victim = workers.splice(yield* Random.nextIntBetween(0, workers.length, { halfOpen: true }), 1)[0]
      if (victim === undefined) continue
      yield* victim.kill
      kills++
      orphans.push(
        ...(yield* sql<{ readonly job_id: string; readonly at: Date }>`
          SELECT j.job_id, clock_timestamp() AS at FROM upload_jobs j JOIN workers w ON w.worker_id = j.lease_owner
          WHERE w.pid = ${victim.pid}`)
      )
      // A start takes seconds on a busy machine, and the next kill is due.
      yield* Effect.forkChild(
        Effect.tap(start("worker", settings), (worker) => Effect.sync(() => workers.push(worker)))
      )
    }
    const ends = yield* ending
    const p95 = yield* recovery(orphans)
    yield* must(p95 < 45, `The 95th percentile of recovery is ${p95.toFixed(1)} s.`)
    return `${kills} kills, ${orphans.length} jobs orphaned, recovery p95 ${p95.toFixed(1)} s; ${ends}`
  })
})

/** From the kill to the first event of the job written by another worker or the sweep. */
const recovery = Effect.fnUntraced(function*(orphans: ReadonlyArray<{ readonly job_id: string; readonly at: Date }>) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* patiently(sql<{ readonly p95: number | null }>`
    SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM next.created_at - o.at))::float8 AS p95
    FROM jsonb_to_recordset(${JSON.stringify(orphans)}::jsonb) AS o(job_id uuid, at timestamptz)
    CROSS JOIN LATERAL (
      SELECT min(e.created_at) AS created_at FROM job_events e
      WHERE e.job_id = o.job_id AND e.created_at > o.at AND (e.actor LIKE 'worker:%' OR e.from_status <> e.to_status)
    ) next`)
  return row?.p95 ?? 0
})
