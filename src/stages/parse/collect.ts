/** parse_queued → parsed: the parser's result is in our storage, or the job waits for it. */
import { Duration, Effect, Option } from "effect"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { defined } from "../../domain/defined.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { PermanentError } from "../../domain/ServiceError.ts"
import {
  forgottenParseAttempts,
  parseAttempts,
  parseDeadline,
  pollDelay,
  stageDeadline
} from "../../policy/deadlines.ts"
import { isSmall } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { advance, pass, wait } from "../Stage.ts"
import { withComparison } from "../withComparison.ts"
import { within } from "../within.ts"
import { readAgain } from "./readAgain.ts"
import { storeParsed } from "./storeParsed.ts"
import { submitToParser } from "./submitToParser.ts"
import { takeAttachments } from "./takeAttachments.ts"

export const collect = Effect.fn("parse.collect")(function*(run: JobRun, request: ParseRequest) {
  const { job } = run
  const parser = yield* DocumentParser
  const providerJobId = job.providerJobId ?? ""
  if (hasFailed(job)) {
    return wait(pollDelay(Duration.zero), { providerJobId: yield* submitToParser(request, providerJobId) })
  }
  const result = parser.result(providerJobId, request).pipe(
    Effect.catchIf(
      ({ code }) => code === "PARSER_FORGOTTEN",
      (error) => job.parseAttempts >= forgottenParseAttempts ? Effect.fail(error) : Effect.succeed(forgotten)
    )
  )
  const inTime = within("The parser's answer", stageDeadline.collect, "parser")
  const parsed = yield* parser.immediate ? result : inTime(result)
  if (parsed === forgotten) return yield* submitAgain(job, request)
  if (Option.isNone(parsed)) {
    return !parser.immediate && isLate(job)
      ? yield* giveUpOrSubmitAgain(job, request)
      : waitForParser(job)
  }
  const reread = yield* readAgain(request, parsed.value)
  if (Option.isNone(reread)) return waitForParser(job)
  const { comparison, leftOut = [], markdown, pages, replaced } = reread.value
  const missed = job.mediaType === "message/rfc822" ? [...leftOut, ...yield* takeAttachments(job)] : leftOut
  const known = { ...withComparison({ leftOut: missed }, comparison), ...defined({ replaced }) }
  const parseReport = { characters: markdown.length, pages, duplicateOf: null, ...known }
  const set = { ...yield* storeParsed(job, markdown), parseReport }
  if (typeof markdown !== "string") return advance("parsed", set)
  run.keepInMemory({ markdown })
  return parser.immediate && isSmall(job) ? pass("parsed", set) : advance("parsed", set)
})

/** The provider's own job failed through no fault of the document; polling it again would give the same answer. */
const hasFailed = ({ lastError, providerJobId }: ClaimedJob): boolean =>
  (lastError?.code === "PARSER_FAILED" || lastError?.code === "PARSER_TIMEOUT") && lastError.requestId === providerJobId

const forgotten = Symbol("forgotten")

const timeLeft = ({ pollLeftMs }: ClaimedJob): Duration.Duration =>
  pollLeftMs === null ? parseDeadline : Duration.millis(pollLeftMs)

const isLate = (job: ClaimedJob): boolean => Duration.isLessThanOrEqualTo(timeLeft(job), Duration.zero)

/** Soon at first and then less often; a callback makes the job due at once. */
const waitForParser = (job: ClaimedJob) =>
  wait(
    pollDelay(Duration.subtract(parseDeadline, timeLeft(job))),
    // A retry has cleared the deadline: without a new one the job would wait forever.
    job.pollLeftMs === null ? { pollDeadlineMs: Duration.toMillis(parseDeadline) } : {}
  )

/** A parse that hangs is cancelled at the provider; otherwise it would be found again instead of a new one being made. */
const giveUpOrSubmitAgain = Effect.fnUntraced(function*(job: ClaimedJob, request: ParseRequest) {
  const parser = yield* DocumentParser
  const providerJobId = job.providerJobId ?? ""
  if (job.parseAttempts >= parseAttempts) {
    return yield* new PermanentError({
      code: "PARSER_DEADLINE",
      message: `The parser had no result within ${Duration.format(parseDeadline)}, `
        + `${job.parseAttempts} times. Its last job was ${providerJobId}.`,
      dependency: "parser",
      requestId: providerJobId
    })
  }
  yield* parser.cancel(providerJobId)
  return yield* submitAgain(job, request)
})

const submitAgain = Effect.fnUntraced(function*(job: ClaimedJob, request: ParseRequest) {
  return wait(pollDelay(Duration.zero), {
    providerJobId: yield* submitToParser(request, job.providerJobId),
    parseAttempts: job.parseAttempts + 1,
    pollDeadlineMs: Duration.toMillis(parseDeadline)
  })
})
