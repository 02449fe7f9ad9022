/**
 * The shared state of the ports behind the HTTP API: what was accepted, moved and recorded, and a switch that makes each
 * port fail.
 */
import { Context, DateTime, Duration, Effect, Option, PubSub, Stream, SubscriptionRef } from "effect"
import type { ReceivedCallback } from "../../services/Callbacks.ts"
import type { StoredChunk } from "../../services/Chunks.ts"
import type { NewDocument } from "../../services/Documents.ts"
import type { SearchHit } from "../../services/Vectors.ts"
import type { JobId } from "../../src/domain/Ids.ts"
import type { Job, JobEvent } from "../../src/domain/Job.ts"
import type { JobStatus } from "../../src/domain/JobStatus.ts"
import type { Receipt } from "../../src/domain/Receipt.ts"
import type { ServiceError } from "../../src/domain/ServiceError.ts"
import { jobOf } from "../support/builders/jobInMemory.ts"

export interface Entry {
  readonly document: NewDocument
  job: Job
  readonly events: Array<JobEvent>
}

export class Pipeline extends Context.Service<Pipeline, {
  readonly entries: Map<string, Entry>
  readonly chunks: Map<string, ReadonlyArray<StoredChunk>>
  readonly callbacks: Array<ReceivedCallback>
  readonly accept: (document: NewDocument) => Effect.Effect<Job>
  /** What a worker would do. */
  readonly move: (job: JobId, to: JobStatus, fields?: Partial<Job>) => Effect.Effect<void>
  /** Waits until a watcher of the job has read it this many times, so that every later change is seen. */
  readonly untilLookedAt: (job: JobId, times?: number) => Effect.Effect<void>
  readonly looks: SubscriptionRef.SubscriptionRef<ReadonlyMap<JobId, number>>
  /** Every port fails with it from now on. */
  failure: ServiceError | undefined
  /** Documents are written, but the answer is lost. */
  answersLost: boolean
  heartbeat: Option.Option<Duration.Duration>
  /** Of the database. */
  acceptsWrites: boolean
  /** Migrations that have not run. */
  missingMigrations: ReadonlyArray<string>
  hits: ReadonlyArray<SearchHit>
}>()("accessa/test/Pipeline") {}

/** The secret of every job's callbacks. */
export const webhookSecret = "5e".repeat(32)

/** The state, and the notifications of job changes. */
export const makePipeline = Effect.gen(function*() {
  const changes = yield* PubSub.unbounded<JobId>()
  const looks = yield* SubscriptionRef.make<ReadonlyMap<JobId, number>>(new Map())
  const entries = new Map<string, Entry>()
  let lastEvent = 0

  const record = (entry: Entry, from: JobStatus | null, fields: Partial<Job>) =>
    Effect.gen(function*() {
      const now = yield* DateTime.now
      entry.job = { ...entry.job, ...fields, updatedAt: now }
      const { jobId, lastError, progress, status } = entry.job
      entry.events.push({
        eventId: ++lastEvent,
        jobId,
        type: "moved",
        fromStatus: from,
        toStatus: status,
        code: lastError?.code ?? null,
        message: null,
        actor: "test",
        fence: 0,
        progress,
        createdAt: now
      })
      yield* PubSub.publish(changes, jobId)
    })

  return {
    changes,
    pipeline: Pipeline.of({
      entries,
      chunks: new Map(),
      callbacks: [],
      accept: Effect.fnUntraced(function*(document: NewDocument) {
        const entry: Entry = { document, job: jobOf(document, yield* DateTime.now), events: [] }
        entries.set(document.documentId, entry)
        yield* record(entry, null, {})
        return entry.job
      }),
      move: Effect.fnUntraced(function*(job: JobId, to: JobStatus, fields: Partial<Job> = {}) {
        const entry = [...entries.values()].find((each) => each.job.jobId === job)
        if (entry !== undefined) yield* record(entry, entry.job.status, { ...fields, status: to })
      }),
      looks,
      untilLookedAt: (job: JobId, times = 1) =>
        SubscriptionRef.changes(looks).pipe(
          Stream.takeUntil((counts) => (counts.get(job) ?? 0) >= times),
          Stream.runDrain
        ),
      failure: undefined,
      answersLost: false,
      heartbeat: Option.some(Duration.seconds(3)),
      acceptsWrites: true,
      missingMigrations: [],
      hits: []
    })
  }
})

export const aReceipt: Receipt = {
  chunksExpected: 2,
  chunksStored: 2,
  vectorsStored: 2,
  embedModel: "text-embedding-3-small",
  embedVersion: "1",
  dimensions: 1536,
  contentSha256: "cd".repeat(32),
  parsedSha256: "ef".repeat(32),
  tokensPaid: 10,
  vectorsReused: 0,
  warnings: [],
  replaced: [],
  failedChecks: []
}
