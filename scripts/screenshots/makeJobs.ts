/** Jobs with the history that would have led to them. */
import { randomUUID } from "node:crypto"
import { type ErrorCode, errorCodes } from "../../src/domain/ErrorCode.ts"
import { sha256 } from "../../src/domain/hash.ts"
import type { JobStatus } from "../../src/domain/JobStatus.ts"
import { filenames, makeRandom, mediaTypeOf, users } from "./documents.ts"

export const random = makeRandom(7)
const between = (low: number, high: number) => low + random() * (high - low)
const pick = <A>(all: ReadonlyArray<A>, byDefault: A): A => all[Math.floor(random() * all.length)] ?? byDefault

export const workers = [
  { id: "7c1e4b02-9d3a-4f11-8a20-b1c2d3e4f501", host: "ingest-1", version: "2026.11.27-1" },
  { id: "a90d33f7-2b4c-4e22-9b31-c2d3e4f50612", host: "ingest-2", version: "2026.11.27-1" },
  { id: "0be8817c-3c5d-4d33-8c42-d3e4f5061723", host: "ingest-3", version: "2026.11.27-1" },
  { id: "e5f24419-4d6e-4c44-9d53-e4f506172834", host: "ingest-4", version: "2026.11.27-1" }
] as const

/** The states up to complete, and how long a document stays in each: in seconds, usually. */
export const path: ReadonlyArray<readonly [JobStatus, number]> = [
  ["uploaded", 1.1],
  ["parse_queued", 18],
  ["parsed", 0.3],
  ["parse_validated", 0.2],
  ["chunking", 0.6],
  ["chunks_stored", 0.2],
  ["embedding_queued", 0.4],
  ["embedding_in_progress", 4.2],
  ["embeddings_stored", 0.1],
  ["complete", 0]
]

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly kept: string
}

export interface Wanted {
  readonly status: JobStatus
  /** Seconds since it came to this status. */
  readonly since: number
  readonly filename?: string
  readonly worker?: string
  /** Why it failed, or is parked or retried. */
  readonly failure?: Failure
  /** The status it failed at. */
  readonly at?: JobStatus
  readonly retries?: number
  /** Vectors that it has, of its chunks. */
  readonly share?: number
  readonly chunks?: number
}

const second = 1_000

export const makeJob = (wanted: Wanted, now: number) => {
  const { failure, since, status } = wanted
  const stoppedAt = wanted.at ?? status
  const filename = wanted.filename ?? pick(filenames, filenames[0])
  const worker = wanted.worker ?? pick(workers, workers[0]).id
  const jobId = randomUUID()
  const reached = path.findIndex(([name]) => name === stoppedAt)
  const steps = path.slice(0, reached + 1).map(([name, usual]) => ({ name, ms: usual * second * between(0.5, 2.4) }))
  const before = steps.slice(0, -1).reduce((sum, { ms }) => sum + ms, 0)
  const arrived = now - since * second - (status === stoppedAt ? 0 : between(2, 30) * second)
  const chunks = reached < 4 ? 0 : wanted.chunks ?? Math.ceil(between(4, 140))
  const vectors = Math.floor(chunks * (wanted.share ?? (reached >= 8 ? 1 : 0)))
  const progress = { chunks_total: chunks, chunks_done: chunks, embeds_total: chunks, embeds_done: vectors }
  const event = (
    at: number,
    from: JobStatus | null,
    to: JobStatus,
    actor: string,
    error?: Failure,
    type = "moved"
  ) => ({
    job_id: jobId,
    type,
    from_status: from,
    to_status: to,
    code: error?.code ?? null,
    message: error?.message ?? null,
    actor,
    fence: from === null ? 0 : to === "parsed" ? 1 : 2,
    progress,
    created_at: new Date(at).toISOString()
  })
  let at = arrived - before
  const createdAt = at
  const events = steps.map(({ name, ms }, index) => {
    const made = event(at, steps[index - 1]?.name ?? null, name, index === 0 ? "api" : `worker:${worker}`)
    at += ms
    return made
  })
  for (let n = 1; n <= (wanted.retries ?? 0); n++) {
    const tried = arrived + (now - arrived) * (n / ((wanted.retries ?? 0) + 1.4))
    events.push(event(tried, stoppedAt, stoppedAt, `worker:${worker}`, failure, "retry_scheduled"))
  }
  if (status !== stoppedAt) events.push(event(now - since * second, stoppedAt, status, `worker:${worker}`, failure))
  else if (failure !== undefined && (wanted.retries ?? 0) === 0) {
    events.push(event(now - since * second, status, status, `worker:${worker}`, failure, "parked"))
  }
  const ended = status === "complete" || status.startsWith("failed")
  const held = wanted.worker !== undefined && !ended
  const tokens = vectors * 118
  return {
    events,
    row: {
      job_id: jobId,
      user_id: pick(users, users[0]),
      document_id: randomUUID(),
      correlation_id: randomUUID(),
      filename,
      media_type: mediaTypeOf(filename),
      bytes: Math.ceil(between(2_300, 2_400_000)),
      raw_sha256: sha256(jobId),
      raw_path: `raw/${jobId}`,
      parsed_path: reached >= 2 ? `parsed/${jobId}` : null,
      parsed_sha256: reached >= 2 ? sha256(`parsed ${jobId}`) : null,
      status,
      progress,
      retry_count: wanted.retries ?? 0,
      last_error: failure === undefined ? null : {
        code: failure.code,
        class: errorCodes[failure.code].class,
        message: failure.message,
        help: errorCodes[failure.code].help,
        kept: failure.kept,
        at_status: stoppedAt,
        ...(errorCodes[failure.code].class === "recoverable"
          ? { since: new Date(now - since * second).toISOString() }
          : {})
      },
      created_at: new Date(createdAt).toISOString(),
      updated_at: new Date(now - since * second).toISOString(),
      run_at: ended || held ? null : new Date(now + between(20, 90) * second).toISOString(),
      lease_owner: held ? worker : null,
      lease_until: held ? new Date(now + 3_600 * second).toISOString() : null,
      resume_status: status.startsWith("failed") ? stoppedAt : null,
      processing_completed_at: status === "complete" || status.startsWith("failed")
        ? new Date(now - since * second).toISOString()
        : null,
      embedding_plan: chunks === 0 ? null : {
        chunks,
        reused: Math.floor(chunks * 0.1),
        estimated_tokens: chunks * 118,
        estimated_cost_usd: chunks * 118 * 2e-8
      },
      tokens_paid: tokens,
      cost_usd: tokens * 2e-8,
      vectors_reused: Math.floor(vectors * 0.1),
      fence: 2,
      provider_job_id: reached >= 1 ? `pjb-${jobId.slice(0, 8)}` : null
    }
  }
}

export type MadeJob = ReturnType<typeof makeJob>
