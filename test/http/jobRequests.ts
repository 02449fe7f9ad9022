/** Requests for jobs, and jobs to request. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import type { JobError } from "../../src/domain/Job.ts"
import type { JobStatus } from "../../src/domain/JobStatus.ts"
import { anUpload } from "../support/builders/jobInMemory.ts"
import { TestApi } from "../support/harness/TestApi.ts"
import { Pipeline } from "../twins/Pipeline.ts"

export const get = Effect.fnUntraced(function*(path: string, init?: RequestInit) {
  const { request } = yield* TestApi
  return yield* request(`/api/v1/jobs${path}`, init)
})
export const post = (path: string) => get(path, { method: "POST" })

export const accepted = Effect.fnUntraced(
  function*(filename = "report.pdf", fields: Parameters<typeof anUpload>[0] = {}) {
    const { accept } = yield* Pipeline
    return (yield* accept(anUpload({ filename, sha256: randomUUID(), ...fields }))).jobId
  }
)

export const anError = (code: JobError["code"], at_status: JobStatus): JobError => ({
  code,
  class: "permanent",
  message: "It is damaged.",
  help: "Save it again.",
  kept: "The upload.",
  atStatus: at_status
})

/** Numbers and target statuses of the events in a stream's text. */
export const eventsIn = (text: string) =>
  [...text.matchAll(/id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/g)].map(([, id, event, data]) => ({
    id: Number(id),
    event,
    to: JSON.parse(data ?? "{}").to_status
  }))
