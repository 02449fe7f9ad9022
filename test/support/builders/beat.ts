/** A heartbeat of a running worker that holds no jobs. */
import type { WorkerBeat } from "../../../services/JobQueue.ts"
import type { WorkerId } from "../../../src/domain/Ids.ts"

export const beatOf = (workerId: WorkerId, fields: Partial<WorkerBeat> = {}): WorkerBeat => ({
  workerId,
  hostname: "here",
  pid: 42,
  version: "1",
  state: "running",
  holds: [],
  staleWrites: 0,
  rateLimits: [],
  ...fields
})
