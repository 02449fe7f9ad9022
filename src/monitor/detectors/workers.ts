/** Workers: whether any is alive, and which one is silent. */
import { clockGap } from "../../domain/clockGap.ts"
import { type Detectors, long, whole } from "./Detector.ts"

/** A worker counts as running for so many seconds after its last heartbeat. */
const alive = 120

export const workers = {
  NO_WORKER: ({ workers }, over) =>
    whole(
      workers.every(({ age }) => age > over),
      workers.length === 0
        ? "No worker is running: start one with `pnpm worker`."
        : `Every worker that did not stop is silent, the last one for ${
          long(Math.min(...workers.map(({ age }) => age)))
        }.`
    ),
  WORKER_SILENT: ({ workers }, over) =>
    workers.filter(({ age, replaced }) => age > over && !replaced).map(({ age, hostname, worker }) => ({
      subject: worker,
      message: `Worker ${worker.slice(0, 8)} on ${hostname} sent its last heartbeat ${long(age)} ago.`
    })),
  WORKER_CLOCK: ({ workers }, over) =>
    workers.filter(({ age, clockAheadMs }) => age <= alive && Math.abs(clockAheadMs ?? 0) > over * 1_000).map((
      { clockAheadMs, hostname, worker }
    ) => ({
      subject: worker,
      message: `The clock of worker ${worker.slice(0, 8)} on ${hostname} is ${
        clockGap(clockAheadMs ?? 0)
      } the database's.`
    }))
} satisfies Detectors
