/** The object storage of a hosted stack fails, hangs and comes back. */
import { Duration, Effect } from "effect"
import { serveSupabase, type SupabaseStub } from "../../support/stubs/SupabaseStub.ts"
import { mustLeaveNothing, startApi } from "../api.ts"
import type { Case } from "../Case.ts"
import { longText, smallText } from "../documents.ts"
import { count, must, untilComplete, untilCount, untilHeld } from "../judge.ts"
import { World } from "../World.ts"

const key = "the key of the storage's stand-in"

const isRead = ({ method, url }: SupabaseStub["requests"][number]) =>
  method === "GET" && url.pathname.includes("/object/raw/")

/** To whose bucket something is written. */
const writtenTo = ({ method, url }: Pick<SupabaseStub["requests"][number], "method" | "url">) =>
  method === "POST" ? /\/object\/(raw|parsed)\/(?!probe-)/.exec(url.pathname)?.[1] : undefined

const storageState = "SELECT count(*) FROM providers WHERE dependency = 'storage' AND state <> 'closed'"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F21",
    title: "with 12 documents waiting, every read of an uploaded file is answered 500 or 503, or hangs",
    expected: "The circuit of the storage opens, no attempt is counted, only our own probe reads while it is open, and "
      + "afterwards every document is complete.",
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const supabase = yield* serveSupabase({ key, prefix: "/storage/v1" })
      const settings = { STORAGE: "supabase", SUPABASE_URL: supabase.url.href, SUPABASE_SERVICE_ROLE_KEY: key }
      const { upload } = yield* startApi({ settings })
      yield* start("mock-openai")
      let reads = 0
      supabase.intercept = (request) => {
        if (!isRead(request)) return undefined
        if (request.url.pathname.includes("/probe-")) return { status: 503, body: "upstream is down" }
        reads++
        // One of them hangs until its caller times out.
        return reads === 1 ? "hang" : { status: reads % 2 === 0 ? 500 : 503, body: "upstream is down" }
      }
      const jobs = yield* Effect.forEach(
        Array.from({ length: 12 }),
        Effect.fnUntraced(function*(_, n) {
          const answer = yield* upload(`letter-${n}.md`, smallText(seed, n))
          yield* must(answer.status === 202, `The upload was answered ${answer.status} ${answer.code}.`)
          return { job_id: String(answer.body["job_id"]) }
        })
      )
      yield* start("worker", settings)
      yield* untilCount("open circuits of the storage", storageState, (open) => open === 1)
      // The calls under way when it opened have ended, including the one that hung.
      yield* untilHeld((jobs) => jobs === 0)
      const readBefore = reads
      const attempts = "SELECT sum(retry_count) FROM upload_jobs"
      const before = yield* count(attempts)
      yield* Effect.sleep("15 seconds")
      const after = yield* count(attempts)
      const alerts = yield* count("SELECT count(*) FROM alerts WHERE key LIKE 'storage:%' AND closed_at IS NULL")
      const during = reads - readBefore
      supabase.intercept = () => undefined
      yield* must(after === before, `${after - before} attempts were counted while the circuit was open.`)
      yield* must(during === 0, `${during} reads were sent while the circuit was open.`)
      yield* must(alerts === 1, `${alerts} alerts are open.`)
      yield* Effect.forEach(jobs, (job) => untilComplete(job), { concurrency: 4 })
      const failed = yield* count("SELECT count(*) FROM job_events WHERE to_status LIKE 'failed%'")
      const retried = yield* count("SELECT count(*) FROM job_events WHERE type = 'retry_scheduled'")
      const open = yield* count(storageState)
      yield* must(failed === 0, `${failed} documents failed meanwhile.`)
      yield* must(retried === 0, `${retried} attempts were counted.`)
      yield* must(open === 0, "The circuit is still open.")
      return `${readBefore} reads for ${jobs.length} documents, no attempt counted, none while it was open; all complete.`
    })
  },
  {
    id: "F21a",
    title:
      "the storage stops reading in the middle of an upload and of a parsed text, and stops sending in the middle of a file",
    expected:
      "The upload is answered 503 within a minute and leaves nothing. The document is tried again after each of the "
      + "others and completes.",
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const supabase = yield* serveSupabase({ key, prefix: "/storage/v1" })
      const settings = { STORAGE: "supabase", SUPABASE_URL: supabase.url.href, SUPABASE_SERVICE_ROLE_KEY: key }
      const { upload } = yield* startApi({ settings })
      yield* start("mock-openai")
      // More than the connections hold.
      const text = longText(8_000, seed)
      const cut: Array<string> = []
      const objects = () => [...supabase.buckets.values()].reduce((sum, bucket) => sum + bucket.objects.size, 0)
      const cutOnce = (what: string) => {
        const isFirst = !cut.includes(what)
        if (isFirst) cut.push(what)
        return isFirst
      }
      supabase.readsOn = (request) => {
        const bucket = writtenTo(request)
        return bucket === undefined || !cutOnce(`a write to ${bucket}`)
      }
      const [took, refused] = yield* Effect.timed(upload("long.md", text))
      yield* must(Duration.toSeconds(took) < 60, `The upload was answered after ${Duration.format(took)}.`)
      yield* mustLeaveNothing(refused, 503, "STORAGE_FAILED")
      yield* must(refused.headers.has("retry-after"), "It was answered without Retry-After.")
      yield* must(objects() === 0, `${objects()} objects are left of it.`)
      const accepted = yield* upload("long.md", text)
      yield* must(accepted.status === 202, `The next upload was answered ${accepted.status} ${accepted.code}.`)
      supabase.intercept = (request) => isRead(request) && cutOnce("a read of raw") ? "stall" : undefined
      yield* start("worker", settings)
      yield* untilComplete({ job_id: String(accepted.body["job_id"]) }, "4 minutes")
      yield* must(cut.length === 3, `Only ${cut.join(", ")} was cut.`)
      const retried = yield* count("SELECT count(*) FROM job_events WHERE type = 'retry_scheduled'")
      yield* must(retried === 2, `${retried} attempts were repeated.`)
      return `503 after ${
        Math.round(Duration.toSeconds(took))
      } s, nothing left; complete after ${retried} repeated attempts.`
    })
  }
]
