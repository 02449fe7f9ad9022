/** One document through the running stack: uploaded, followed to its end, looked at, and deleted. */
import { Duration, Effect, Ref, Schedule, Stream } from "effect"
import type { HttpApiClient } from "effect/http-api"
import type { Api } from "../../api/Api.ts"
import type { JobView } from "../../api/jobs.ts"
import { type ChunkerId, chunkId } from "../../domain/Chunk.ts"
import { sha256 } from "../../domain/hash.ts"
import type { DocumentId, JobId } from "../../domain/Ids.ts"
import type { JobEvent } from "../../domain/Job.ts"
import { isTerminal } from "../../domain/JobStatus.ts"
import { roundPatience } from "../../policy/baseline.ts"
import type { Outcome } from "./Baseline.ts"
import { stageTimes } from "./stages.ts"

export type ApiClient = HttpApiClient.ForApi<typeof Api>

export interface SentDocument {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Otherwise the API gives it one. */
  readonly documentId?: DocumentId
}

/** Other documents never have it in their names. */
const nameBeginning = "accessa-baseline-"

/** What it became, and how long each stage took. */
export const sendDocument = (api: ApiClient, document: SentDocument) =>
  withDocument(api, document, ({ documentId, jobId }) => look(api, jobId, documentId))

/** Whether it became complete. */
export const tryDocument = (api: ApiClient, document: SentDocument) =>
  withDocument(api, document, ({ jobId }) => Effect.map(untilEnded(api, jobId), ({ status }) => status === "complete"))

const withDocument = <A, E, R>(
  api: ApiClient,
  { bytes, documentId, name }: SentDocument,
  use: (job: { readonly documentId: DocumentId; readonly jobId: JobId }) => Effect.Effect<A, E, R>
) => {
  const form = new FormData()
  form.append("force", "true")
  if (documentId !== undefined) form.append("document_id", documentId)
  form.append("file", new Blob([bytes]), `${nameBeginning}${name}`)
  return Effect.acquireUseRelease(
    patiently(api.documents.upload({ payload: form })),
    use,
    // What is left is removed by the next run.
    ({ documentId }) => Effect.ignore(patiently(removeDocument(api, documentId)), { log: true })
  ).pipe(Effect.withSpan("baseline.document"))
}

/** The limits on what one user may ask for at once do not count as failures. */
const patiently = <A, E extends { readonly _tag: string }, R>(
  request: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.retry(request, {
    while: ({ _tag }) => _tag === "TooManyRequests",
    schedule: Schedule.spaced("1 second"),
    times: 60
  })

/** Left by a run that was killed: their vectors would be used again, and nothing would be bought. */
export const removeLeftovers = Effect.fn("baseline.removeLeftovers")(function*(api: ApiClient) {
  const { jobs } = yield* api.jobs.list({ query: { filename: nameBeginning, limit: 200 } })
  const documents = new Set(jobs.map(({ documentId }) => documentId))
  yield* Effect.forEach(documents, (documentId) => removeDocument(api, documentId), { discard: true })
  return documents.size
})

const removeDocument = (api: ApiClient, documentId: DocumentId) =>
  api.documents.remove({ params: { document_id: documentId } }).pipe(Effect.catchTag("NotFound", () => Effect.void))

const look = Effect.fnUntraced(function*(api: ApiClient, jobId: JobId, documentId: DocumentId) {
  const ended = yield* untilEnded(api, jobId)
  if (ended.status !== "complete") {
    return { outcome: unfinished(ended, yield* reasonOf(api, ended)), stages: {}, tokens: 0, workers: [] }
  }
  const receipt = yield* patiently(api.jobs.receipt({ params: { job_id: jobId } }))
  const chunks = yield* chunksOf(api, documentId)
  const outcome: Outcome = {
    ...unfinished(ended, ""),
    parsedSha256: receipt.parsedSha256,
    contentSha256: receipt.contentSha256,
    chunks: chunks.length,
    chunksSha256: sha256(chunks.map(({ sha256 }) => sha256).join("\n")),
    idsFollowRule: chunks.every((chunk) => chunk.chunkId === chunkId(documentId, ended.chunksVersion, chunk.ordinal)),
    embedModel: receipt.embedModel,
    embedVersion: receipt.embedVersion,
    dimensions: receipt.dimensions,
    failedChecks: receipt.failedChecks,
    pages: ended.parseReport?.pages ?? 0,
    characters: ended.parseReport?.characters ?? 0
  }
  const history = yield* historyOf(api, jobId)
  const workers = [...new Set(history.map(({ actor }) => actor).filter((actor) => actor.startsWith("worker:")))]
  return { outcome, stages: stageTimes(history), tokens: receipt.tokensPaid, workers }
})

/** Its state when the time is up, if it has not ended by then. */
const untilEnded = Effect.fnUntraced(function*(api: ApiClient, jobId: JobId) {
  const last = yield* Ref.make<JobView | undefined>(undefined)
  const wait = patiently(api.jobs.get({ params: { job_id: jobId }, query: { wait: 10 } })).pipe(
    Effect.tap((job) => Ref.set(last, job)),
    Effect.repeat({ until: ({ status }) => isTerminal(status) })
  )
  yield* Effect.timeoutOption(wait, roundPatience)
  return (yield* Ref.get(last)) ?? (yield* api.jobs.get({ params: { job_id: jobId }, query: {} }))
})

const reasonOf = Effect.fnUntraced(function*(api: ApiClient, job: JobView) {
  if (isTerminal(job.status)) return `${job.lastError?.code ?? "no code"}: ${job.lastError?.message ?? "no reason"}`
  const { nextAction, sentence } = yield* api.jobs.explain({ params: { job_id: job.jobId } })
  return `not complete after ${Duration.format(roundPatience)}. ${sentence} ${nextAction}`
})

const chunksOf = Effect.fnUntraced(function*(api: ApiClient, documentId: DocumentId) {
  const chunks: Array<{ readonly chunkId: string; readonly ordinal: number; readonly sha256: string }> = []
  let cursor: string | null | undefined
  do {
    const page = yield* patiently(api.documents.chunks({
      params: { document_id: documentId },
      query: typeof cursor === "string" ? { cursor, limit: 200 } : { limit: 200 }
    }))
    chunks.push(...page.chunks)
    cursor = page.nextCursor
  } while (cursor !== null)
  return chunks
})

const historyOf = Effect.fnUntraced(function*(api: ApiClient, jobId: JobId) {
  const events = yield* patiently(api.jobs.events({ params: { job_id: jobId }, headers: {} }))
  const history: ReadonlyArray<JobEvent> = yield* events.pipe(
    Stream.map(({ data }) => data),
    Stream.takeUntil(({ toStatus }) => isTerminal(toStatus)),
    Stream.runCollect
  )
  return history
})

const unfinished = (
  { chunksVersion, embedModel, embedVersion, status }: {
    readonly status: JobView["status"]
    readonly chunksVersion: ChunkerId
    readonly embedModel: string
    readonly embedVersion: string
  },
  reason: string
): Outcome => ({
  status,
  reason,
  chunker: chunksVersion,
  parsedSha256: "",
  contentSha256: "",
  chunks: 0,
  chunksSha256: "",
  idsFollowRule: false,
  embedModel,
  embedVersion,
  dimensions: 0,
  failedChecks: [],
  pages: 0,
  characters: 0
})
