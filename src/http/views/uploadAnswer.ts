/** The answer to an accepted document: its job, or the existing job for the same bytes. */
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { AcceptedView } from "../../api/jobs.ts"
import type { Job } from "../../domain/Job.ts"
import { toJobView } from "./toJobView.ts"

const encode = HttpServerResponse.schemaJson(AcceptedView)

export const uploadAnswer = ({ duplicate, job }: { readonly duplicate: boolean; readonly job: Job }) => {
  const view = toJobView(job)
  // A value just built from a job is a valid view, so a failure here is a bug.
  return Effect.orDie(
    encode({ ...view, duplicate }, { status: duplicate ? 200 : 202, headers: { location: view.links.self } })
  )
}
