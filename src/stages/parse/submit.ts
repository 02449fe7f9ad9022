/** uploaded → parse_queued: the document is in the parser's hands. */
import { Duration, Effect } from "effect"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { parseDeadline, stageDeadline } from "../../policy/deadlines.ts"
import { isSmall } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { within } from "../within.ts"
import { submitToParser } from "./submitToParser.ts"

export const submit = Effect.fn("parse.submit")(function*(run: JobRun, request: ParseRequest) {
  const parser = yield* DocumentParser
  const provider_job_id = yield* submitToParser(request, run.job.provider_job_id).pipe(
    within("The hand-over to the parser", stageDeadline.submit, "parser")
  )
  const set = { provider_job_id, parse_attempts: 1, poll_deadline_ms: Duration.toMillis(parseDeadline) }
  // A provider's parse must not be forgotten. One of our own costs nothing but a small document's moment.
  if (parser.immediate && isSmall(run.job)) run.pass("parse_queued", set)
  else yield* run.checkpoint("parse_queued", set)
})
