/** A service is unavailable while a single document is in progress, so no other document's failure reveals it. */
import { Clock, Config, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { callers } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must, until, untilComplete, untilCount } from "../../faults/judge.ts"
import { type Process, type Program } from "../../faults/Process.ts"
import { World } from "../../faults/World.ts"
import { serveSupabase } from "../../support/stubs/SupabaseStub.ts"
import { letter, startHosted, uploadAsNewUser } from "../hosted.ts"

/** Longer than four attempts take; `OUTAGE_SECONDS=600` makes it as long as a real one. */
const outage = Effect.map(
  Config.withDefault(Config.Int("OUTAGE_SECONDS"), 45),
  (seconds) => Duration.seconds(seconds)
)

/** Complete, no attempt counted, and reported once: one alert that was opened and is closed. */
const mustHaveWaited = Effect.fnUntraced(function*(job: { readonly job_id: string }, dependency: string) {
  const sql = yield* SqlClient.SqlClient
  const backAt = yield* Clock.currentTimeMillis
  yield* untilComplete(job, "90 seconds")
  const seconds = ((yield* Clock.currentTimeMillis) - backAt) / 1_000
  const attempts = yield* sql`
    SELECT FROM job_events WHERE job_id = ${job.job_id} AND type = 'retry_scheduled'`
  yield* must(attempts.length === 0, `${attempts.length} attempts were counted.`)
  yield* untilCount(
    "open alerts",
    "SELECT count(*) FROM alerts WHERE closed_at IS NULL AND clear_since IS NULL",
    (open) => open === 0
  )
  const alerts = yield* sql<{ readonly key: string }>`SELECT key FROM alerts`
  yield* must(
    alerts.length === 1 && alerts[0]?.key.startsWith(`${dependency}:`) === true,
    `The alerts are ${alerts.map(({ key }) => key).join(", ") || "none"}.`
  )
  return `Complete ${
    seconds.toFixed(1)
  } s after the ${dependency} was back; no attempt counted, one alert opened, and over.`
})

/** Kills a mock, begins a document, and starts the mock again after the outage. */
const playAway = (program: Program, dependency: string, stop: (stack: Stack) => Process) =>
  Effect.gen(function*() {
    const { start } = yield* World
    const stack = yield* startHosted()
    yield* stop(stack).kill
    const job = yield* uploadAsNewUser(stack, "one.md", letter("water"))
    yield* until(job, "waiting", ({ code }) => code !== null)
    yield* Effect.sleep(yield* outage)
    yield* start(program, stack.settings)
    return yield* mustHaveWaited(job, dependency)
  })

type Stack = Effect.Success<ReturnType<typeof startHosted>>

const key = "the key of the storage's stand-in"

export const cases: ReadonlyArray<Case> = [
  {
    id: "A37",
    title: "the parser is unavailable while a single document is in progress",
    expected: "It is complete when the parser is back, with no attempt counted; one alert is opened and closed.",
    minutes: 15,
    run: playAway("mock-llamaparse", "parser", ({ llamaparse }) => llamaparse)
  },
  {
    id: "A38",
    title: "the embedding provider is unavailable while a single document is in progress",
    expected: "It is complete when the provider is back, with no attempt counted; one alert is opened and closed.",
    minutes: 15,
    run: playAway("mock-openai", "embedder", ({ openai }) => openai)
  },
  {
    id: "A39",
    title: "the object storage is unavailable while a single document is in progress",
    expected: "It is complete when the storage is back, with no attempt counted; one alert is opened and closed.",
    minutes: 15,
    run: Effect.gen(function*() {
      const supabase = yield* serveSupabase({ key, prefix: "/storage/v1" })
      const stack = yield* startHosted({
        STORAGE: "supabase",
        SUPABASE_URL: supabase.url.href,
        SUPABASE_SERVICE_ROLE_KEY: key,
        MOCK_LLAMAPARSE_DELAY: "2"
      })
      const job = yield* uploadAsNewUser(stack, "one.md", letter("water"))
      yield* until(job, "with the parser", ({ status }) => status === "parse_queued")
      supabase.intercept = () => "reset"
      yield* until(job, "waiting", ({ code }) => code !== null)
      yield* Effect.sleep(yield* outage)
      supabase.intercept = () => undefined
      return yield* mustHaveWaited(job, "storage")
    })
  },
  {
    id: "A40",
    title: "a bucket is deleted, and the provider's key is revoked, while the service runs",
    expected: "The service is not ready and raises one alert each with what to do; a waiting document "
      + "completes without a restart.",
    run: Effect.gen(function*() {
      const supabase = yield* serveSupabase({ key, prefix: "/storage/v1" })
      const stack = yield* startHosted({
        STORAGE: "supabase",
        SUPABASE_URL: supabase.url.href,
        SUPABASE_SERVICE_ROLE_KEY: key
      })
      supabase.buckets.delete("parsed")
      const first = yield* uploadAsNewUser(stack, "one.md", letter("water"))
      yield* untilComplete(first, "60 seconds")

      const refused = {
        status: 400,
        body: {
          statusCode: "403",
          error: "AccessDenied",
          message: "signature verification failed",
          code: "AccessDenied"
        }
      }
      supabase.intercept = ({ url }) => url.pathname.includes("/object/") ? refused : undefined
      const asked = stack.ask("/health/ready")
      const notReady = yield* Effect.repeat(asked, { until: ({ status }) => status === 503, times: 100 })
      yield* must(notReady.status === 503, "/health/ready says ready while the storage refuses the key.")
      yield* must(notReady.text.includes("signature verification failed"), `It says ${notReady.text}`)
      supabase.intercept = () => undefined
      const second = yield* uploadAsNewUser(stack, "two.md", letter("fire"))
      yield* untilComplete(second, "90 seconds")
      return "The bucket was recreated; the revoked key gave 503 with the storage's message; complete once the "
        + "key was valid again."
    })
  },
  {
    id: "A20",
    title: "the whole embedded stack is killed in the middle of a parse, ten times in a row",
    expected: "The document is complete: a parse that the parser has forgotten is submitted again.",
    run: Effect.gen(function*() {
      const { start } = yield* World
      const settings = { PARSER: "llamaparse", MOCK_LLAMAPARSE_DELAY: "2", WORKER_LEASE_SECONDS: "5" }
      let stack = yield* start("start", settings)
      const job = yield* uploadAsNewUser(yield* callers, "one.md", letter("hail"))
      for (let kill = 0; kill < 10; kill++) {
        yield* until(
          job,
          "with the parser",
          ({ status, provider_job_id }) => status === "parse_queued" && provider_job_id !== null
        )
        yield* stack.kill
        stack = yield* start("start", settings)
      }
      const { seconds } = yield* untilComplete(job, "90 seconds")
      return `Complete after ten kills and ${seconds.toFixed(0)} s.`
    })
  }
]
