/** uploaded → parse_queued: the document is in the parser's hands. */
import { Duration, Effect } from "effect"
import { DocumentParser } from "../../../services/DocumentParser.ts"
import { parseDeadline, stageDeadline } from "../../policy/deadlines.ts"
import type { Outcome, Running, Stage } from "../Stage.ts"
import { handOver } from "./handOver.ts"
import { parseRequest } from "./parseRequest.ts"

export const submitParse = {
  name: "submitParse",
  from: "uploaded",
  needs: ["parser", "storage"],
  deadline: stageDeadline.submit,
  run: Effect.fnUntraced(function*({ job }: Running) {
    const parser = yield* DocumentParser
    const id = yield* handOver(yield* parseRequest(job), job.provider_job_id)
    const outcome: Outcome = {
      _tag: "advance",
      to: "parse_queued",
      set: { provider_job_id: id, parse_attempts: 1, poll_deadline_ms: Duration.toMillis(parseDeadline) },
      lazy: parser.immediate
    }
    return outcome
  })
} satisfies Stage<unknown>
