/** Runs commands against the real statements and the model side by side; after each one the rows must match the model. */
import { assert } from "@effect/vitest"
import { Effect, Exit, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Callbacks } from "../../services/Callbacks.ts"
import { JobQueue } from "../../services/JobQueue.ts"
import { Jobs } from "../../services/Jobs.ts"
import { sha256 } from "../../src/domain/hash.ts"
import { localUserId, WorkerId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { failureOf, isEdge, isTerminal, type JobStatus } from "../../src/domain/JobStatus.ts"
import type { Move } from "../../src/domain/Move.ts"
import { beatOf } from "../support/builders/beat.ts"
import { accept, emptyTables, someone } from "../support/databases/stores.ts"
import { asClaimed, failing, giveContent, pathFrom } from "./claims.ts"
import { type Command, type HolderCommand, jobs, workers } from "./Command.ts"
import * as Model from "./Model.ts"

const workerIds = Array.from({ length: workers }, (_, n) => WorkerId.make(`00000000-0000-4000-8000-00000000000${n}`))
const hour = 3_600_000

export const makeMachine = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const queue = yield* JobQueue
  const user = yield* Jobs
  const receipts = yield* Callbacks
  yield* emptyTables
  const documents = yield* Effect.forEach(Array.from({ length: jobs }), () => accept())
  for (const document of documents) yield* giveContent(document)
  const models = documents.map(() => Model.accepted)
  const holdings: Array<Model.Holding> = []

  const jobAt = (index: number): Job => documents[index] ?? assert.fail(`no job ${index}`)
  const modelAt = (index: number): Model.ModelJob => models[index] ?? assert.fail(`no job ${index}`)
  const workerAt = (index: number): WorkerId => workerIds[index] ?? assert.fail(`no worker ${index}`)

  const claim = Effect.fnUntraced(function*(worker: WorkerId, limit: number) {
    const due = models.filter((model) => model.due === "now").length
    const claims = yield* queue.claim(worker, limit)
    assert.strictEqual(claims.length, Math.min(due, limit))
    for (const job of claims) {
      const index = documents.findIndex((each) => each.jobId === job.jobId)
      assert.strictEqual(modelAt(index).due, "now")
      models[index] = Model.claimed(modelAt(index), worker)
      holdings.unshift({ job: index, fence: job.fence, status: job.status, retryCount: job.retryCount })
      assert.strictEqual(job.fence, modelAt(index).fence)
    }
  })

  /** A holder's write takes effect if the claim is still valid, and is refused without a trace if not. */
  const write = Effect.fnUntraced(function*(
    at: number,
    holding: Model.Holding,
    move: Pick<Move, "through" | "to" | "type" | "set" | "releaseMs">,
    after: (job: Model.ModelJob) => Model.ModelJob
  ) {
    const job = jobAt(holding.job)
    const request = { jobId: job.jobId, fence: holding.fence, from: holding.status, actor: "test", ...move }
    // Only the receipt leads to complete.
    const exit = yield* Effect.exit(
      move.to === "complete" ? queue.complete(asClaimed(job, holding), "test") : queue.move(request)
    )
    const holds = Model.isHeld(modelAt(holding.job), holding)
    assert.strictEqual(Exit.isSuccess(exit), holds, `${holding.status} → ${move.to}: ${String(exit)}`)
    if (!holds) {
      assert.strictEqual(Option.getOrThrow(Exit.findErrorOption(exit))._tag, "StaleClaim")
      return false
    }
    models[holding.job] = after(modelAt(holding.job))
    holdings[at] = { ...holding, status: move.to, retryCount: modelAt(holding.job).retryCount }
    return true
  })

  const byHolder = Effect.fnUntraced(function*(command: HolderCommand) {
    const at = command.holding % Math.max(1, holdings.length)
    const first = holdings[at]
    if (first === undefined) return
    const releaseMs = "when" in command && command.when === "later" ? hour : 0
    const failure = failureOf(first.status)
    switch (command.do) {
      case "advance": {
        let steps = command.further + 1
        while (steps > 0) {
          const holding = holdings[at] ?? first
          const path = pathFrom(holding.status, command.atOnce ? steps : 1)
          const to = path.at(-1)
          if (to === undefined) return
          const set = path.includes("chunks_stored") ? { progress: { chunksTotal: 1, chunksDone: 1 } } : {}
          const move = { through: path.slice(0, -1), to, type: "moved", set } as const
          if (!(yield* write(at, holding, move, (job) => path.reduce(Model.advanced, job)))) return
          steps -= path.length
        }
        return
      }
      case "park": {
        if (isTerminal(first.status)) return
        yield* write(
          at,
          first,
          { to: first.status, type: "parked", set: {}, releaseMs },
          (job) => Model.parked(job, command.when)
        )
        return
      }
      case "retryLater": {
        if (isTerminal(first.status)) return
        const set = { retryCount: first.retryCount + 1, lastError: failing("PARSER_FAILED", first.status) }
        const move = { to: first.status, type: "retry_scheduled", set, releaseMs } as const
        yield* write(at, first, move, (job) => Model.retriedLater(job, command.when, set.retryCount, "PARSER_FAILED"))
        return
      }
      case "fail": {
        if (failure === undefined) return
        const anew = command.gone && failure === "failed_chunking"
        const code = anew ? "PARSED_MISSING" : "NO_TEXT"
        const resumeStatus = anew ? "uploaded" : first.status
        const set = { lastError: failing(code, first.status), resumeStatus }
        yield* write(at, first, { to: failure, type: "moved", set }, (job) => Model.failed(job, code, resumeStatus))
        return
      }
    }
  })

  const run = Effect.fnUntraced(function*(command: Command) {
    switch (command.do) {
      case "claim":
        return yield* claim(workerAt(command.worker), command.limit + 1)
      case "crash": {
        const held = modelAt(command.job).owner !== null
        yield* sql`UPDATE upload_jobs SET lease_until = now() - interval '1 second'
          WHERE job_id = ${jobAt(command.job).jobId} AND lease_until IS NOT NULL`
        const { dead, released } = yield* queue.rescue
        assert.strictEqual(dead + released, held ? 1 : 0)
        if (held) models[command.job] = Model.rescued(modelAt(command.job))
        return
      }
      case "sweep":
        assert.deepStrictEqual(yield* queue.rescue, { released: 0, dead: 0 })
        return
      case "retry": {
        const after = Model.retried(modelAt(command.job))
        const answer = Option.getOrThrow(yield* user.retry(localUserId, jobAt(command.job).jobId, someone))
        assert.strictEqual(answer.changed, after !== undefined)
        models[command.job] = after ?? modelAt(command.job)
        return
      }
      case "cancel": {
        const after = Model.cancelled(modelAt(command.job))
        const answer = Option.getOrThrow(yield* user.cancel(localUserId, jobAt(command.job).jobId, someone))
        assert.strictEqual(answer.changed, after !== undefined)
        models[command.job] = after ?? modelAt(command.job)
        return
      }
      case "hint": {
        const event = `${command.job}-${command.event}`
        const before = modelAt(command.job)
        const job = jobAt(command.job)
        const answer = yield* receipts.record({
          provider: "test",
          eventId: event,
          eventType: "parse.success",
          jobId: job.jobId,
          payloadSha256: sha256(event)
        })
        assert.strictEqual(answer, !before.callbacks.includes(event))
        models[command.job] = Model.hinted(before, event)
        return
      }
      case "release": {
        const worker = workerAt(command.worker)
        const held = models.filter((model) => model.owner === worker).length
        assert.strictEqual(yield* queue.release(worker), held)
        for (const [index, model] of models.entries()) {
          if (model.owner === worker) models[index] = Model.released(model)
        }
        return
      }
      case "beat":
        return yield* queue.beat(beatOf(workerAt(command.worker)))
      case "timePasses":
        yield* sql`UPDATE upload_jobs SET run_at = now() WHERE run_at > now()`
        for (const [index, model] of models.entries()) {
          if (model.due === "later") models[index] = { ...model, due: "now" }
        }
        return
      default:
        return yield* byHolder(command)
    }
  })

  /** The rows as the model describes them. */
  const compare = Effect.gen(function*() {
    const rows = yield* sql`
      SELECT status, fence, lease_owner AS owner, retry_count AS "retryCount", crash_count AS "crashCount",
        resume_status AS "resumeStatus", hinted_at IS NOT NULL AS hinted,
        CASE WHEN run_at IS NULL THEN 'none' WHEN run_at <= now() THEN 'now' ELSE 'later' END AS due,
        last_error->>'code' AS code, processing_completed_at IS NOT NULL AS ended
      FROM upload_jobs ORDER BY array_position(${documents.map((each) => each.jobId)}::uuid[], job_id)`
    assert.deepStrictEqual(rows, models.map(Model.rowOf))
  })

  /** The edges taken by the histories, after checking that they are paths of the graph. */
  const finish = Effect.gen(function*() {
    const taken: Array<string> = []
    for (const [index, job] of documents.entries()) {
      const events = yield* sql<Model.ModelEvent>`
        SELECT type, from_status AS "fromStatus", to_status AS "toStatus", fence::text AS fence FROM job_events WHERE job_id = ${job.jobId}
        ORDER BY event_id`
      assert.deepStrictEqual(events, modelAt(index).events)
      let at: JobStatus | null = null
      let fence = 0n
      for (const event of events) {
        assert.strictEqual(event.fromStatus, at)
        assert.isTrue(BigInt(event.fence) >= fence, "an event was written under an old fence")
        if (at !== null && at !== event.toStatus) {
          assert.isTrue(isEdge(at, event.toStatus), `${at} → ${event.toStatus}`)
          taken.push(`${at} → ${event.toStatus}`)
        }
        at = event.toStatus
        fence = BigInt(event.fence)
      }
    }
    const { loose } = (yield* sql<{ readonly loose: number }>`
      SELECT count(*)::int AS loose FROM upload_jobs
      WHERE (run_at IS NOT NULL OR lease_until IS NOT NULL) = (status = 'complete' OR status LIKE 'failed%')`)[0] ??
      assert.fail()
    assert.strictEqual(loose, 0, "a job has ended but is still due or held, or has not ended and is neither")
    return taken
  })

  return {
    run: (command: Command) => Effect.andThen(run(command), compare),
    finish
  }
})
