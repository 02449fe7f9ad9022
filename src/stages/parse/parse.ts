/** uploaded → parse_queued → parsed: the parser has read the document, and its text is in our storage. */
import { Effect } from "effect"
import { stageDeadline } from "../../policy/deadlines.ts"
import type { JobRun } from "../JobRun.ts"
import type { Stage } from "../Stage.ts"
import { collect } from "./collect.ts"
import { parseRequest } from "./parseRequest.ts"
import { submit } from "./submit.ts"

export const parse = {
  name: "parse",
  from: ["uploaded", "parse_queued"],
  needs: ["parser", "storage"],
  deadline: stageDeadline.parse,
  run: Effect.fnUntraced(function*(run: JobRun) {
    const request = yield* parseRequest(run.job)
    if (run.job.status === "uploaded") yield* submit(run, request)
    return yield* collect(run, request)
  })
} satisfies Stage<unknown>
