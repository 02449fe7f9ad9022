/** How long a job spent in each stage, from its history. */
import type { JobEvent } from "../../domain/Job.ts"
import type { JobStatus } from "../../domain/JobStatus.ts"

/** Each stage begins when the job enters the status; what follows each other in one stage counts together. */
const stageOf: Partial<Record<JobStatus, string>> = {
  uploaded: "submit",
  parse_queued: "parse",
  parsed: "validate",
  parse_validated: "chunk",
  chunking: "chunk",
  chunks_stored: "plan",
  embedding_queued: "embed",
  embedding_in_progress: "embed",
  embeddings_stored: "prove"
}

export const stageNames = ["submit", "parse", "validate", "chunk", "plan", "embed", "prove", "total"] as const

export const stageTimes = (history: ReadonlyArray<Pick<JobEvent, "toStatus" | "createdAt">>) => {
  const times: Record<string, number> = {}
  const add = (stage: string, from: number, to: number) => {
    times[stage] = (times[stage] ?? 0) + to - from
  }
  for (const [index, { createdAt, toStatus }] of history.entries()) {
    const next = history[index + 1]?.createdAt.epochMilliseconds
    const stage = stageOf[toStatus]
    if (next === undefined || stage === undefined) continue
    add(stage, createdAt.epochMilliseconds, next)
    add("total", createdAt.epochMilliseconds, next)
  }
  return times
}
