/** uploaded → parse_queued: the document has been submitted to the parser. */
import { Duration, Effect } from "effect"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { parseDeadline } from "../../policy/deadlines.ts"
import { isSmall } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { submitToParser } from "./submitToParser.ts"

export const submit = Effect.fn("parse.submit")(function*(run: JobRun, request: ParseRequest) {
  const parser = yield* DocumentParser
  const providerJobId = yield* submitToParser(request, run.job.providerJobId)
  const set = { providerJobId, parseAttempts: 1, pollDeadlineMs: Duration.toMillis(parseDeadline) }
  // A provider's parse is recorded at once, as it is billed. A local one is free, and quick to repeat for a small document.
  if (parser.immediate && isSmall(run.job)) run.pass("parse_queued", set)
  else yield* run.checkpoint("parse_queued", set)
})
