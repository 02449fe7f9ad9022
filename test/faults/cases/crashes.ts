/** Documents that crash their worker, stages that hang, wrong clocks, and the default lease. */
import { Clock, Effect, FileSystem } from "effect"
import { fileURLToPath } from "node:url"
import { historyOf } from "../../support/databases/records.ts"
import type { Case } from "../Case.ts"
import { crashWorkers, deadlyCalls } from "../deadly.ts"
import { accept, longText, smallText } from "../documents.ts"
import {
  count,
  eventually,
  must,
  rowOf,
  until,
  untilComplete,
  untilCount,
  untilEnded,
  untilStaleWrite
} from "../judge.ts"
import { endScenario, play, untilAnswered, untilMet } from "../mocks.ts"
import { embeddingStack, longLease, untilStopped } from "../stack.ts"
import { World } from "../World.ts"

/** A module that our programs preload. */
const preload = (name: string) => `--import=${fileURLToPath(new URL(`../preload/${name}.js`, import.meta.url))}`

const held = (job: { readonly job_id: string }) =>
  until(job, "embedding", ({ lease_owner, status }) => status === "embedding_in_progress" && lease_owner !== null)

/** When the lease ends, in seconds on the database's clock. */
const leaseOf = (job: { readonly job_id: string }) =>
  count(`SELECT extract(epoch FROM lease_until) FROM upload_jobs WHERE job_id = '${job.job_id}'`)

export const cases: ReadonlyArray<Case> = [
  {
    id: "F1a",
    title: "kill -9 of a worker with the default lease and heartbeat",
    expected: "Another running worker completes the document within 45 s.",
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const real = { WORKER_LEASE_SECONDS: "30", WORKER_HEARTBEAT_SECONDS: "10" }
      const worker = yield* embeddingStack(real)
      yield* play(urls.openai, { openai: [{ on: "embeddings", times: 1, delay: "1m" }] })
      const job = yield* accept(smallText(seed))
      yield* held(job)
      yield* start("worker", real)
      // Killed right after a heartbeat, when the lease has the longest to run.
      const lease = yield* leaseOf(job)
      yield* eventually(leaseOf(job), (now) => now > lease, () => "The lease was not extended.")
      yield* worker.kill
      const killed = yield* Clock.currentTimeMillis
      yield* untilComplete(job, "45 seconds")
      return `Complete ${(((yield* Clock.currentTimeMillis) - killed) / 1000).toFixed(1)} s after the kill.`
    })
  },
  {
    id: "F4",
    title: "SIGTERM while a stage hangs",
    expected: "The worker stops at the end of its grace period anyway, and releases the job; another worker "
      + "continues it.",
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const worker = yield* embeddingStack()
      yield* play(urls.openai, { openai: [{ on: "embeddings", times: 1, delay: "5m" }] })
      const job = yield* accept(smallText(seed))
      yield* held(job)
      yield* worker.signal("SIGTERM")
      const begin = yield* Clock.currentTimeMillis
      yield* untilStopped(worker)
      const grace = ((yield* Clock.currentTimeMillis) - begin) / 1000
      const { crash_count, lease_owner } = yield* rowOf(job)
      yield* must(lease_owner === null && crash_count === 0, `Owner ${lease_owner}, ${crash_count} crashes.`)
      yield* endScenario(urls.openai)
      yield* start("worker")
      yield* untilComplete(job)
      return `It stopped after ${grace.toFixed(1)} s and released the job.`
    })
  },
  {
    id: "F6",
    title: "the worker's event loop is blocked until another worker has taken over",
    expected: "Another worker takes over; the blocked worker's writes are refused. There are never two writers.",
    run: Effect.gen(function*() {
      const { directory, seed, start, urls } = yield* World
      const fs = yield* FileSystem.FileSystem
      const blocked = yield* embeddingStack({ NODE_OPTIONS: preload("blockOnSignal") })
      yield* play(urls.openai, { openai: [{ on: "embeddings", delay: "5s" }] })
      const job = yield* accept(smallText(seed))
      yield* held(job)
      yield* untilMet(urls.openai)
      yield* fs.writeFileString(`${directory}/blocked`, "")
      yield* blocked.signal("SIGUSR2")
      yield* start("worker")
      const { fence } = yield* untilComplete(job)
      // One call for each worker: the blocked one's call is answered, too.
      yield* untilAnswered(urls.openai, 2)
      yield* fs.remove(`${directory}/blocked`)
      yield* untilStaleWrite
      const after = yield* rowOf(job)
      yield* must(
        after.fence === fence && after.status === "complete",
        `The job is ${after.status} at fence ${after.fence}.`
      )
      yield* must(
        (yield* historyOf(job.job_id)).some((step) => step.startsWith("crashed")),
        "No worker took the job over."
      )
      return `Taken over, complete under fence ${fence}; the late write was refused.`
    })
  },
  {
    id: "F8",
    title: "one document crashes its worker each time",
    expected: "After three crashes it fails with WORKER_CRASHED; the documents held with it are complete.",
    minutes: 10,
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      yield* start("mock-openai")
      yield* play(urls.openai, deadlyCalls)
      const deadly = yield* accept(`# The deadly one\n\n${smallText(seed)}`)
      const others = yield* Effect.forEach(Array.from({ length: 10 }), (_, n) => accept(smallText(seed, n + 1)))
      const died = yield* crashWorkers(deadly)
      const last = yield* start("worker")
      const { code, status } = yield* untilEnded(deadly)
      yield* must(code === "WORKER_CRASHED", `The crashing document ended as ${status} (${code}).`)
      yield* Effect.forEach(others, (job) => untilComplete(job), { concurrency: 4 })
      yield* last.kill
      return `${code} after ${died} dead workers; ${others.length} others complete.`
    })
  },
  {
    id: "F9",
    title: "a document needs more memory than the worker has",
    expected: "It fails permanently, or with WORKER_CRASHED after three crashes; the others are complete.",
    minutes: 10,
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      yield* start("mock-openai")
      const settings = { NODE_OPTIONS: "--max-old-space-size=120" }
      const large = yield* accept(longText(250_000, seed))
      const others = yield* Effect.forEach(Array.from({ length: 5 }), (_, n) => accept(smallText(seed, n)))
      let dead = 0
      for (let ended = false; !ended && dead < 6;) {
        const worker = yield* start("worker", settings)
        const over = Effect.as(untilEnded(large), true)
        ended = yield* Effect.raceFirst(over, Effect.as(worker.exited, false))
        if (!ended) dead++
        yield* worker.kill
      }
      yield* start("worker", settings)
      const { code, status } = yield* untilEnded(large)
      yield* Effect.forEach(others, (job) => untilComplete(job), { concurrency: 4 })
      return `The large one ended as ${status} (${code}) after ${dead} dead workers; the others are complete.`
    })
  },
  {
    id: "F11",
    title: "one worker's clock is ten minutes ahead, another's ten minutes behind",
    expected: "Leases use the database's clock: no job is taken away, none waits, all are complete.",
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      yield* start("mock-openai", { MOCK_OPENAI_DELAY: "3" })
      const settings = { ...longLease, WORKER_CONCURRENCY: "3" }
      yield* start("worker", { ...settings, NODE_OPTIONS: preload("clockAhead") })
      yield* start("worker", { ...settings, NODE_OPTIONS: preload("clockBehind") })
      yield* Effect.forEach(Array.from({ length: 20 }), (_, n) => accept(smallText(seed, n)))
      yield* untilCount(
        "complete documents",
        "SELECT count(*) FROM upload_jobs WHERE status = 'complete'",
        (complete) => complete === 20
      )
      const crashes = yield* count("SELECT count(*) FROM job_events WHERE type = 'crashed'")
      const owners = yield* count("SELECT count(DISTINCT actor) FROM job_events WHERE actor LIKE 'worker:%'")
      yield* must(crashes === 0, `${crashes} jobs were taken away.`)
      return `20 documents complete by ${owners} workers, none taken away.`
    })
  }
]
