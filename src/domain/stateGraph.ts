/** The states of a job and their graph, as data: without imports, because the dashboard's pages load this file, too. */

export const statuses = [
  "uploaded",
  "parse_queued",
  "parsed",
  "parse_validated",
  "chunking",
  "chunks_stored",
  "embedding_queued",
  "embedding_in_progress",
  "embeddings_stored",
  "complete",
  "failed_parse",
  "failed_chunking",
  "failed_embedding"
] as const
export type JobStatus = typeof statuses[number]

export const phases = ["parse", "chunking", "embedding"] as const
export type Phase = typeof phases[number]

/** A status's successor, and the phase a failure there belongs to. Terminal states have neither. */
interface Node {
  readonly next: JobStatus | undefined
  readonly phase: Phase | undefined
}

export const stateGraph: Readonly<Record<JobStatus, Node>> = {
  uploaded: { next: "parse_queued", phase: "parse" },
  parse_queued: { next: "parsed", phase: "parse" },
  parsed: { next: "parse_validated", phase: "parse" },
  parse_validated: { next: "chunking", phase: "chunking" },
  chunking: { next: "chunks_stored", phase: "chunking" },
  chunks_stored: { next: "embedding_queued", phase: "embedding" },
  embedding_queued: { next: "embedding_in_progress", phase: "embedding" },
  embedding_in_progress: { next: "embeddings_stored", phase: "embedding" },
  embeddings_stored: { next: "complete", phase: "embedding" },
  complete: { next: undefined, phase: undefined },
  failed_parse: { next: undefined, phase: undefined },
  failed_chunking: { next: undefined, phase: undefined },
  failed_embedding: { next: undefined, phase: undefined }
}

/** The failed state of each phase, and the states to which a retry may return. */
export const failedStatus: Readonly<Record<Phase, JobStatus>> = {
  parse: "failed_parse",
  chunking: "failed_chunking",
  embedding: "failed_embedding"
}
