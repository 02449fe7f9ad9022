/** The job of an upload that must have been accepted. */
import { Effect } from "effect"
import type { Answer } from "../faults/api.ts"
import { must } from "../faults/judge.ts"

export const accepted = Effect.fnUntraced(function*(upload: Effect.Effect<Answer>) {
  const { body, code, status } = yield* upload
  yield* must(status === 202, `An upload was answered ${status} ${code}.`)
  return { job_id: String(body["job_id"]), document_id: String(body["document_id"]) }
})
