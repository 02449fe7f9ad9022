/** The answer to an accepted document: its job, or the existing job for the same bytes. */
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { AcceptedView } from "../../api/jobs.ts"
import type { Job } from "../../domain/Job.ts"
import { HttpOptions } from "../server/HttpOptions.ts"
import { toJobView } from "./toJobView.ts"

const encode = HttpServerResponse.schemaJson(AcceptedView)

export const uploadAnswer = Effect.fnUntraced(
  function*({ duplicate, job }: { readonly duplicate: boolean; readonly job: Job }) {
    const { traceUrl } = yield* HttpOptions
    const view = toJobView(job, traceUrl)
    return yield* encode({ ...view, duplicate }, {
      status: duplicate ? 200 : 202,
      headers: { location: view.links.self }
    })
  },
  // A value just built from a job is a valid view, so a failure here is a bug.
  Effect.orDie
)
