/**
 * Which of our jobs the vendor was given lately. Its create call is not idempotent, so before one we look whether an earlier
 * attempt, lost between its answer and our commit, has bought the parse already.
 *
 * The list can be filtered by time but not by our job's id, so it is read forward: the last two hours once, then only what
 * was created since, and at most once a second however many documents are submitted.
 */
import { Clock, Duration, Effect } from "effect"
import { type ServiceError, TransientError } from "../../../src/domain/ServiceError.ts"
import type { ParseApi, ParseJob } from "./ParseApi.ts"

// An older parse of the same file and options is a free cache hit at the vendor for 48 h.
const remembered = Duration.toMillis("2 hours")
// The vendor's list may lag and its clock may differ from ours.
const overlap = Duration.toMillis("2 minutes")
const maxPages = 50

export interface RecentParses {
  /** The newest parse of our job, in any state. */
  readonly find: (jobId: string) => Effect.Effect<string | undefined, ServiceError>
  /** All of them. */
  readonly all: (jobId: string) => Effect.Effect<ReadonlyArray<string>, ServiceError>
  /** A parse we started ourselves, which the list may not show yet. */
  readonly remember: (jobId: string, job: ParseJob) => Effect.Effect<void>
  /** A failed create may have succeeded at the vendor: the next read of the list must be fresh. */
  readonly invalidate: Effect.Effect<void>
}

export const recentParses = (api: ParseApi): Effect.Effect<RecentParses> =>
  Effect.gen(function*() {
    /** Our job → the vendor's job → when it was created. */
    const known = new Map<string, Map<string, number>>()
    let readUntil = 0

    const remember = (jobId: string, job: ParseJob, now: number) => {
      const createdAt = Date.parse(job.created_at ?? "")
      const parses = known.get(jobId) ?? new Map<string, number>()
      known.set(jobId, parses.set(job.id, Number.isNaN(createdAt) ? now : createdAt))
    }
    const refresh = Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const since = new Date(Math.max(readUntil - overlap, now - remembered))
      let token: string | undefined
      for (let page = 0; page < maxPages; page++) {
        const { items, next_page_token } = yield* api.list(since, token)
        for (const job of items) {
          const jobId = job.user_metadata?.["job_id"]
          if (jobId !== undefined) remember(jobId, job, now)
        }
        token = next_page_token || undefined
        if (token === undefined) break
      }
      if (token !== undefined) {
        yield* Effect.logWarning(`LlamaParse lists more than ${maxPages} pages of parses since ${since.toISOString()}.`)
      }
      readUntil = now
      for (const [jobId, parses] of known) {
        if (Math.max(...parses.values()) < now - remembered) known.delete(jobId)
      }
    }).pipe(Effect.mapError(notTheDocument), Effect.withSpan("DocumentParser.listRecent"))

    const [upToDate, invalidate] = yield* Effect.cachedInvalidateWithTTL(refresh, (exit) =>
      exit._tag === "Success" ? "1 second" : 0)
    return {
      find: (jobId) =>
        Effect.map(upToDate, () => newest(known.get(jobId))),
      all: (jobId) => Effect.map(upToDate, () => [...known.get(jobId)?.keys() ?? []]),
      remember: (jobId, job) => Effect.map(Clock.currentTimeMillis, (now) => remember(jobId, job, now)),
      invalidate
    }
  })

/** If two have the same time, the one reported last. */
const newest = (parses: ReadonlyMap<string, number> = new Map()): string | undefined => {
  const latest = Math.max(...parses.values())
  return Array.from(parses).findLast(([, createdAt]) => createdAt === latest)?.[0]
}

/** A refused list call says nothing about the document waiting for it. */
const notTheDocument = (error: ServiceError): ServiceError =>
  error._tag === "PermanentError"
    ? new TransientError({ code: "PARSER_FAILED", message: error.message, dependency: "parser" })
    : error
