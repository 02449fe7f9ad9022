/** Explains in words what a job is doing: for how long, what it waits for, and what comes next. */
import { DateTime, Duration, Schema } from "effect"
import { replacedText } from "./coverage/warnings.ts"
import { durationInWords } from "./durationInWords.ts"
import { type ErrorCode, errorCodes } from "./ErrorCode.ts"
import type { Job, JobEvent } from "./Job.ts"
import { isTerminal, type JobStatus } from "./JobStatus.ts"
import { snakeKeys } from "./snakeKeys.ts"
import { endSentence } from "./text.ts"

/** `retry`: it only waits for time to pass. `person`: nothing happens until a person acts. */
const WaitingFor = Schema.Literals([
  "worker",
  "parser",
  "embedder",
  "storage",
  "database",
  "budget",
  "retry",
  "person"
])
type WaitingFor = typeof WaitingFor.Type

export const Explanation = snakeKeys({
  /** One or two sentences for a person. */
  sentence: Schema.String,
  /** Since when the job has been in this status. */
  since: Schema.DateTimeUtcFromString,
  /** What a person can do; "Nothing to do: …" where that is the answer. */
  nextAction: Schema.String,
  /** Null if it waits for nothing. */
  waitingFor: Schema.NullOr(WaitingFor)
})
export type Explanation = typeof Explanation.Type

export interface Explained {
  readonly job: Job
  /** Oldest first. */
  readonly history: ReadonlyArray<JobEvent>
  readonly now: DateTime.Utc
  /** How long the parser may take. */
  readonly parseDeadline: Duration.Duration
}

export const explain = (explained: Explained): Explanation => {
  const { history, job, now } = explained
  const arrival = history.findLast((event) => event.toStatus === job.status && event.fromStatus !== event.toStatus)
  const since = arrival?.createdAt ?? job.updatedAt
  const { next, said, waitingFor } = situation(explained, span(since, now), since)
  return { sentence: said + crashes(job), since, nextAction: next, waitingFor }
}

interface Situation {
  readonly said: string
  readonly next: string
  readonly waitingFor: WaitingFor | null
}

const situation = (explained: Explained, standing: string, since: DateTime.Utc): Situation => {
  const { job, now } = explained
  if (isTerminal(job.status)) return ended(job)
  const doing = activity(job)
  if (job.lastError !== null && job.leaseUntil === null) return interrupted(job, job.lastError, now)
  if (job.leaseUntil !== null) {
    const next = "Nothing to do: a worker is processing it."
    return {
      said: `${doing}, for ${standing}.`,
      next,
      waitingFor: job.status === "embedding_in_progress" ? "embedder" : null
    }
  }
  if (job.status === "parse_queued") return parsing(explained, standing, since)
  const said = `${doing}: waiting for a free worker for ${standing}.`
  return {
    said,
    next: "Nothing to do as long as a worker is running; /health/ready says whether one is.",
    waitingFor: "worker"
  }
}

const parsing = ({ job, now, parseDeadline }: Explained, standing: string, since: DateTime.Utc): Situation => {
  const left = span(now, DateTime.addDuration(since, parseDeadline))
  const name = job.providerJobId === null ? "" : ` (${job.providerJobId})`
  return {
    said: `Waiting for the parser${name} for ${standing}; next poll ${within(now, job.runAt)}; deadline in ${left}.`,
    next: "Nothing to do: the job continues when the parser has answered.",
    waitingFor: "parser"
  }
}

const interrupted = (job: Job, error: NonNullable<Job["lastError"]>, now: DateTime.Utc): Situation => {
  const again = `Next attempt ${within(now, job.runAt)}.`
  if (error.class === "recoverable") {
    return { said: `Parked: ${error.message} ${again}`, next: error.help, waitingFor: waitsFor(error.code) }
  }
  const times = job.retryCount > 1 ? ` for the ${ordinal(job.retryCount)} time` : ""
  return { said: `${activity(job)} failed${times}: ${error.message} ${again}`, next: error.help, waitingFor: "retry" }
}

const ended = (job: Job): Situation => {
  if (job.status === "complete") {
    const took = span(job.createdAt, job.processingCompletedAt ?? job.updatedAt)
    const { embedsDone } = job.progress
    const { replaced = [], warnings = [] } = job.parseReport ?? {}
    const said = `Complete after ${took}: ${embedsDone} ${
      embedsDone === 1 ? "chunk has its vector" : "chunks have their vectors"
    }.${replaced.length === 0 ? "" : ` What the parser had lost was read again: ${replacedText(replaced)}.`}`
    if (warnings.length > 0) {
      return {
        said: `${said} But its text is incomplete: ${warnings.join(" ")}`,
        next: "Compare the missing parts with the document (`accessa jobs show`), or parse it with the other parser.",
        waitingFor: "person"
      }
    }
    return { said, next: "Nothing to do: the document can be searched.", waitingFor: null }
  }
  const error = job.lastError
  if (error === null) {
    return { said: `Failed (${job.status}), for no recorded reason.`, next: "Retry the job.", waitingFor: "person" }
  }
  const doing = activity({ ...job, status: error.atStatus })
  const said = error.code === "CANCELLED"
    ? `Cancelled while ${lower(doing)}.`
    : `${doing} failed: ${endSentence(error.message)}`
  return { said: `${said} Kept: ${lower(error.kept)}`, next: errorCodes[error.code].help, waitingFor: "person" }
}

const activity = ({ progress, status }: Pick<Job, "status" | "progress">): string => {
  const { chunksTotal, embedsDone, embedsTotal } = progress
  const activities: Record<JobStatus, string> = {
    uploaded: "Submitting the document to the parser",
    parse_queued: "Collecting the parsed text",
    parsed: "Checking the parsed text",
    parse_validated: "Splitting the text into chunks",
    chunking: "Storing the chunks",
    chunks_stored: `Planning the vectors of ${chunksTotal} chunks`,
    embedding_queued: `Preparing to buy vectors for ${chunksTotal} chunks`,
    embedding_in_progress: `Embedding (${embedsDone} of ${embedsTotal} chunks done)`,
    embeddings_stored: "Verifying that everything is stored",
    complete: "Processing",
    failed_parse: "Parsing",
    failed_chunking: "Chunking",
    failed_embedding: "Embedding"
  }
  return activities[status]
}

const waitsFor = (code: ErrorCode): WaitingFor =>
  code === "BUDGET_EXCEEDED" ? "budget" : errorCodes[code].dependency ?? "retry"

const crashes = ({ crashCount }: Job): string =>
  crashCount === 0 ? "" : ` ${crashCount} ${crashCount === 1 ? "worker" : "workers"} died holding it.`

const within = (now: DateTime.Utc, then: DateTime.Utc | null): string =>
  then === null || DateTime.isLessThanOrEqualTo(then, now) ? "as soon as a worker is free" : `in ${span(now, then)}`

const lower = (sentence: string): string => sentence.slice(0, 1).toLowerCase() + sentence.slice(1)

const ordinal = (count: number): string => {
  const suffix = count % 100 >= 11 && count % 100 <= 13 ? "th" : ["th", "st", "nd", "rd"][count % 10] ?? "th"
  return `${count}${suffix}`
}

const span = (from: DateTime.Utc, to: DateTime.Utc): string =>
  durationInWords(Duration.millis(Math.max(0, to.epochMilliseconds - from.epochMilliseconds)))
