import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import { ErrorCode, errorCodes } from "../../src/domain/ErrorCode.ts"
import { explain } from "../../src/domain/explain.ts"
import type { Job, JobError } from "../../src/domain/Job.ts"
import { activeStatuses, failureOf, isTerminal, statuses } from "../../src/domain/JobStatus.ts"
import { anUpload, jobOf } from "../support/builders/jobInMemory.ts"

const now = DateTime.makeUnsafe("2026-05-01T12:00:00Z")
const ago = (duration: Duration.Input) => DateTime.subtractDuration(now, duration)
const hence = (duration: Duration.Input) => DateTime.addDuration(now, duration)

const told = (fields: Partial<Job>, stood: Duration.Input = "6 minutes") => {
  const job = { ...jobOf(anUpload(), ago("1 hour")), updated_at: ago(stood), ...fields }
  return explain({ job, history: [], now, parseDeadline: Duration.minutes(30) })
}

const anError = (code: ErrorCode, at_status: Job["status"]): JobError => ({
  code,
  class: errorCodes[code].class,
  message: errorCodes[code].title,
  help: errorCodes[code].help,
  kept: "Everything stored so far.",
  at_status
})

describe("explain", () => {
  it("says how long the parser has been waited for, when it is asked again and when it is given up", () => {
    const { next_action, sentence, waiting_for } = told({
      status: "parse_queued",
      provider_job_id: "pjb-1",
      run_at: hence("18 seconds"),
      updated_at: ago("372 seconds")
    })
    assert.strictEqual(
      sentence,
      "Waiting for the parser (pjb-1) for 6 m 12 s; it is asked again in 18 s; given up in 23 m 48 s."
    )
    assert.strictEqual(next_action, "Nothing to do: the job goes on when the parser has answered.")
    assert.strictEqual(waiting_for, "parser")
  })

  it("counts from the event that brought the job where it stands", () => {
    const job = { ...jobOf(anUpload(), ago("1 hour")), status: "parse_queued" as const, run_at: hence("1 second") }
    const event = {
      event_id: 1,
      job_id: job.job_id,
      type: "moved" as const,
      from_status: "uploaded" as const,
      to_status: "parse_queued" as const,
      code: null,
      message: null,
      actor: "test",
      progress: job.progress,
      created_at: ago("20 minutes")
    }
    const polled = {
      ...event,
      event_id: 2,
      type: "note" as const,
      from_status: "parse_queued" as const,
      created_at: now
    }
    const explanation = explain({ job, history: [event, polled], now, parseDeadline: Duration.minutes(30) })
    assert.isTrue(DateTime.Equivalence(explanation.since, ago("20 minutes")))
    assert.include(explanation.sentence, "given up in 10 m.")
  })

  it("tells a document that waits for a worker from one that a worker holds", () => {
    assert.strictEqual(told({ status: "chunking" }).waiting_for, "worker")
    const held = told({ status: "chunking", run_at: null, lease_until: hence("20 seconds") }, "90 seconds")
    assert.strictEqual(held.sentence, "Storing the chunks, for 1 m 30 s.")
    assert.isNull(held.waiting_for)
  })

  it("shows how far the embedding is", () => {
    const progress = { chunks_total: 400, chunks_done: 400, embeds_total: 400, embeds_done: 120 }
    const { sentence, waiting_for } = told({
      status: "embedding_in_progress",
      progress,
      run_at: null,
      lease_until: now
    })
    assert.include(sentence, "120 of 400 chunks done")
    assert.strictEqual(waiting_for, "embedder")
  })

  it("names the service that a parked job waits for, and what to do about it", () => {
    const last_error = anError("EMBED_QUOTA", "embedding_queued")
    const parked = told({ status: "embedding_queued", last_error, run_at: hence("5 minutes") })
    assert.strictEqual(parked.sentence, "Parked: The embedding provider's budget is used up. It is tried again in 5 m.")
    assert.strictEqual(parked.waiting_for, "embedder")
    assert.strictEqual(parked.next_action, errorCodes.EMBED_QUOTA.help)
  })

  it("counts the attempts of what is tried again", () => {
    const last_error = anError("PARSER_TIMEOUT", "uploaded")
    const { sentence, waiting_for } = told({ last_error, retry_count: 2, run_at: hence("12 seconds") })
    assert.include(sentence, "failed for the 2nd time: The parser did not answer in time. It is tried again in 12 s.")
    assert.strictEqual(waiting_for, "retry")
  })

  it("mentions workers that died", () => {
    assert.include(told({ crash_count: 2 }).sentence, "2 workers died holding it.")
  })

  it("says what a complete job has and how long it took", () => {
    const progress = { chunks_total: 12, chunks_done: 12, embeds_total: 12, embeds_done: 12 }
    const complete = told({ status: "complete", progress, processing_completed_at: ago("59 minutes"), run_at: null })
    assert.strictEqual(complete.sentence, "Complete after 1 m: 12 chunks have their vectors.")
    assert.isNull(complete.waiting_for)
  })

  it("has an answer for every status and every code", () => {
    for (const status of statuses) {
      for (const code of [null, ...ErrorCode.literals]) {
        const at = isTerminal(status) ? "parsed" : status
        const last_error = code === null ? null : anError(code, at)
        for (const lease_until of [null, hence("10 seconds")]) {
          const { next_action, sentence, waiting_for } = told({ status, last_error, lease_until, run_at: null })
          assert.match(sentence, /^[A-Z].*\.$/)
          assert.notMatch(sentence, /undefined|null|NaN|\.\./)
          assert.match(next_action, /\.$/)
          if (status === "complete") assert.isNull(waiting_for)
          if (status.startsWith("failed")) assert.strictEqual(waiting_for, "person")
        }
      }
    }
  })

  it("says for every failure what to do, and what was kept", () => {
    for (const at of activeStatuses) {
      for (const code of ErrorCode.literals) {
        const status = failureOf(at) ?? "failed_parse"
        const { next_action, sentence } = told({ status, last_error: anError(code, at), run_at: null })
        assert.strictEqual(next_action, errorCodes[code].help)
        assert.include(sentence, "Kept: everything stored so far.")
      }
    }
  })
})
