/** A job's lifecycle from PENDING to its end, with the callbacks. */
import { Clock, Duration, Effect, Result } from "effect"
import type { HttpClient } from "effect/http"
import type { DocumentParser } from "../../../services/DocumentParser.ts"
import { fitsPattern } from "../../domain/fitsPattern.ts"
import type { Account } from "./Account.ts"
import { creditsPerPage, type ParseEvent } from "./Configuration.ts"
import { type Callback, deliverWebhook, pushResult } from "./deliverWebhook.ts"
import { without } from "./dropped.ts"
import { type Page, selectPages } from "./Page.ts"
import { parseDocument, ParseFailed, type Source, synthesize } from "./parseContent.ts"
import { isPartial, type ParseJob, type ParseStatus } from "./ParseJob.ts"

/** The callbacks for an event, with the scenario steps they consume. */
const callbacksFor = (account: Account, job: ParseJob, event: ParseEvent): ReadonlyArray<Callback> =>
  job.webhooks.flatMap((webhook, index) => {
    if (webhook.webhook_events != null && !webhook.webhook_events.includes(event)) return []
    const step = account.webhookScript.take(({ match }) =>
      fitsPattern(match?.event, event) && fitsPattern(match?.filename, job.filename) &&
      fitsPattern(match?.document_id, job.documentId)
    )
    return [{ job, event, webhook, index, step }]
  })

const produce = Effect.fnUntraced(
  function*(
    account: Account,
    job: ParseJob,
    source: Source
  ): Effect.fn.Return<ReadonlyArray<Page>, ParseFailed, Needs> {
    const { drop, empty, fail, failed_pages = [] } = job.step ?? {}
    if (fail !== undefined) return yield* new ParseFailed({ code: fail, reason: "The mock was told to fail this job." })
    const read = account.options.content === "document"
      ? yield* parseDocument(job.id, source)
      : synthesize(job.documentId)
    return selectPages(drop === undefined ? read : without(read, drop), job.pageRanges).map(({ markdown, number }) => ({
      number,
      markdown: failed_pages.includes(number) ? undefined : empty === true ? "" : markdown
    }))
  },
  Effect.catchDefect((defect) =>
    Effect.logError("The mock LlamaParse's parser failed.", defect).pipe(
      Effect.andThen(Effect.fail(new ParseFailed({ code: "INTERNAL_ERROR", reason: "The parser broke." })))
    )
  )
)

/** Work that continues after the request is answered. */
export interface Background {
  readonly fork: (effect: Effect.Effect<void, never, Needs>) => Effect.Effect<void>
  /** Runs as the job, until it is stopped. */
  readonly start: (jobId: string, effect: Effect.Effect<void, never, Needs>) => Effect.Effect<void>
  readonly stop: (jobId: string) => Effect.Effect<void>
}

type Needs = HttpClient.HttpClient | DocumentParser

/**
 * Sends the callbacks for a job's outcome; a callback that a scenario sends early goes out before the result is visible.
 */
export const announce = Effect.fnUntraced(function*(
  account: Account,
  background: Background,
  job: ParseJob,
  event: ParseEvent,
  status: ParseStatus
) {
  const callbacks = callbacksFor(account, job, event)
  const leadOf = ({ step }: Callback): Duration.Duration => step?.deliver.before_result ?? Duration.zero
  const isEarly = (callback: Callback): boolean => Duration.isPositive(leadOf(callback))
  const early = callbacks.filter(isEarly)
  for (const callback of early) yield* background.fork(deliverWebhook(account, callback))
  const wait = early.reduce((longest, callback) => Duration.max(longest, leadOf(callback)), Duration.zero)
  if (Duration.isPositive(wait)) yield* Effect.sleep(wait)
  job.status = status
  job.updatedAt = yield* Clock.currentTimeMillis
  for (const callback of callbacks) {
    if (!isEarly(callback)) yield* background.fork(deliverWebhook(account, callback))
  }
})

const bill = (account: Account, job: ParseJob): void => {
  job.cacheHit = account.isPaid(job.cacheKey)
  job.credits = job.cacheHit ? 0 : job.pages.length * creditsPerPage[job.tier]
  account.pay(job.cacheKey, job.pages.length, job.credits)
}

export const runJob = Effect.fn("MockLlamaParse.runJob")(function*(
  account: Account,
  background: Background,
  job: ParseJob,
  source: Source
) {
  const delay = job.step?.delay ?? account.knobs.delay
  const tell = (event: ParseEvent, status: ParseStatus) => announce(account, background, job, event, status)
  yield* tell("parse.pending", "PENDING")
  yield* Effect.sleep(Duration.times(delay, 0.2))
  yield* tell("parse.running", "RUNNING")
  const [read] = yield* Effect.all(
    [Effect.result(produce(account, job, source)), Effect.sleep(Duration.times(delay, 0.8))],
    { concurrency: 2 }
  )
  if (Result.isFailure(read)) {
    job.error = { code: read.failure.code, message: read.failure.reason }
    return yield* tell("parse.error", "FAILED")
  }
  job.pages = read.success
  bill(account, job)
  yield* tell(isPartial(job) ? "parse.partial_success" : "parse.success", "COMPLETED")
  account.jobs.weigh(job)
  if (job.resultUrl !== undefined) yield* background.fork(pushResult(account, job, job.resultUrl))
})
