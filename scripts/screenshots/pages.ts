/** Which pages are pictured, with what is open on them. */
import { Effect, Schema } from "effect"
import { call } from "./operate.ts"
import type { Shot } from "./shots.ts"

const decodeLines = Schema.decodeUnknownEffect(
  Schema.Struct({ jobs: Schema.Array(Schema.Struct({ job_id: Schema.String, user_id: Schema.String })) })
)

const first = Effect.fnUntraced(function*(key: string, filter: string) {
  const { jobs } = yield* Effect.flatMap(
    call(key, `/api/v1/operations/jobs?limit=1&filter=${encodeURIComponent(filter)}`),
    decodeLines
  )
  const [job] = jobs
  return job === undefined ? "/jobs" : `/jobs/${job.job_id}?user_id=${job.user_id}`
})

export const pagesOf = Effect.fnUntraced(function*(
  key: string,
  real: ReadonlyArray<{ readonly job_id: string; readonly document_id: string }>
) {
  const [, , , policy = real[0]] = real
  const shots: ReadonlyArray<Shot> = [
    { name: "audit", path: "/audit", height: 1_100 },
    { name: "overview", path: "/" },
    { name: "jobs", path: "/jobs", height: 1_100 },
    { name: "job", path: yield* first(key, "Evidence-of-Coverage_2026_Medicare is:retrying"), height: 1_600 },
    { name: "job-complete", path: `/jobs/${policy?.job_id}` },
    { name: "document", path: `/documents/${policy?.document_id}?chunk=1`, height: 1_250 },
    { name: "failures", path: "/failures" },
    { name: "alerts", path: "/alerts" },
    {
      name: "search",
      path: "/search",
      height: 1_100,
      act: async (page) => {
        await page.fill("#filter", "How long is the waiting period for groundwater?")
        await page.keyboard.press("Enter")
        await page.waitForSelector(".passage", { timeout: 60_000 })
      }
    },
    { name: "upload", path: "/upload" },
    { name: "workers", path: "/workers" },
    { name: "providers", path: "/providers" },
    { name: "costs", path: "/costs" },
    { name: "capacity", path: "/capacity" },
    { name: "deploys", path: "/deploys", height: 1_400 },
    { name: "webhooks", path: "/webhooks" }
  ]
  return shots
})
