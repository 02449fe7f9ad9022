/** How long a job spent in each stage, from its history. */
import type { JobEvent } from "../../domain/Job.ts"
import type { JobStatus } from "../../domain/JobStatus.ts"

export const stageNames = ["submit", "parse", "validate", "chunk", "plan", "embed", "prove", "total"] as const

type Stage = Exclude<(typeof stageNames)[number], "total">
type OpenStatus = Exclude<JobStatus, "complete" | `failed_${string}`>

/** Each stage begins when the job enters the status; what follows each other in one stage counts together. */
const stageOf: Partial<Record<JobStatus, Stage>> = {
  uploaded: "submit",
  parse_queued: "parse",
  parsed: "validate",
  parse_validated: "chunk",
  chunking: "chunk",
  chunks_stored: "plan",
  embedding_queued: "embed",
  embedding_in_progress: "embed",
  embeddings_stored: "prove"
} satisfies Record<OpenStatus, Stage>

export const stageTimes = (history: ReadonlyArray<Pick<JobEvent, "toStatus" | "createdAt">>) => {
  const times: Record<string, number> = {}
  const add = (stage: (typeof stageNames)[number], from: number, to: number) => {
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
