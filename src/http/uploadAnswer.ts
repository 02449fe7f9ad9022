/** What a document that was taken in is answered with: its job, or the one that has the same bytes. */
import { Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { JobView } from "../api/jobs.ts"
import type { Job } from "../domain/Job.ts"
import { toJobView } from "./toJobView.ts"

const encode = HttpServerResponse.schemaJson(Schema.Struct({ ...JobView.fields, duplicate: Schema.Boolean }))

export const uploadAnswer = ({ duplicate, job }: { readonly duplicate: boolean; readonly job: Job }) => {
  const view = toJobView(job)
  // What was just made of a job cannot fail to be one: that would be a mistake in this program.
  return Effect.orDie(
    encode({ ...view, duplicate }, { status: duplicate ? 200 : 202, headers: { location: view.links.self } })
  )
}
