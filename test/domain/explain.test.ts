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
  const job = { ...jobOf(anUpload(), ago("1 hour")), updatedAt: ago(stood), ...fields }
  return explain({ job, history: [], now, parseDeadline: Duration.minutes(30) })
}

const anError = (code: ErrorCode, atStatus: Job["status"]): JobError => ({
  code,
  class: errorCodes[code].class,
  message: errorCodes[code].title,
  help: errorCodes[code].help,
  kept: "Everything stored so far.",
  atStatus
})

describe("explain", () => {
  it("says how long a job has waited for the parser, when the parser is polled next and when the deadline is", () => {
    const { nextAction, sentence, waitingFor } = told({
      status: "parse_queued",
      providerJobId: "pjb-1",
      runAt: hence("18 seconds"),
      updatedAt: ago("372 seconds")
    })
    assert.strictEqual(
      sentence,
      "Waiting for the parser (pjb-1) for 6 m 12 s; next poll in 18 s; deadline in 23 m 48 s."
    )
    assert.strictEqual(nextAction, "Nothing to do: the job continues when the parser has answered.")
    assert.strictEqual(waitingFor, "parser")
  })

  it("counts from the event that moved the job to its status", () => {
    const job = { ...jobOf(anUpload(), ago("1 hour")), status: "parse_queued" as const, runAt: hence("1 second") }
    const event = {
      eventId: 1,
      jobId: job.jobId,
      type: "moved" as const,
      fromStatus: "uploaded" as const,
      toStatus: "parse_queued" as const,
      code: null,
      message: null,
      fence: 1,
      actor: "test",
      progress: job.progress,
      createdAt: ago("20 minutes")
    }
    const polled = {
      ...event,
      eventId: 2,
      type: "note" as const,
      fromStatus: "parse_queued" as const,
      createdAt: now
    }
    const explanation = explain({ job, history: [event, polled], now, parseDeadline: Duration.minutes(30) })
    assert.isTrue(DateTime.Equivalence(explanation.since, ago("20 minutes")))
    assert.include(explanation.sentence, "deadline in 10 m.")
  })

  it("distinguishes a document that waits for a worker from one that a worker holds", () => {
    assert.strictEqual(told({ status: "chunking" }).waitingFor, "worker")
    const held = told({ status: "chunking", runAt: null, leaseUntil: hence("20 seconds") }, "90 seconds")
    assert.strictEqual(held.sentence, "Storing the chunks, for 1 m 30 s.")
    assert.isNull(held.waitingFor)
  })

  it("shows the progress of embedding", () => {
    const progress = { chunksTotal: 400, chunksDone: 400, embedsTotal: 400, embedsDone: 120 }
    const { sentence, waitingFor } = told({
      status: "embedding_in_progress",
      progress,
      runAt: null,
      leaseUntil: now
    })
    assert.include(sentence, "120 of 400 chunks done")
    assert.strictEqual(waitingFor, "embedder")
  })

  it("names the service that a parked job waits for, and what to do about it", () => {
    const lastError = anError("EMBED_QUOTA", "embedding_queued")
    const parked = told({ status: "embedding_queued", lastError, runAt: hence("5 minutes") })
    assert.strictEqual(parked.sentence, "Parked: The embedding provider's budget is used up. Next attempt in 5 m.")
    assert.strictEqual(parked.waitingFor, "embedder")
    assert.strictEqual(parked.nextAction, errorCodes.EMBED_QUOTA.help)
  })

  it("counts the attempts of a job that is retried", () => {
    const lastError = anError("PARSER_TIMEOUT", "uploaded")
    const { sentence, waitingFor } = told({ lastError, retryCount: 2, runAt: hence("12 seconds") })
    assert.include(sentence, "failed for the 2nd time: The parser did not answer in time. Next attempt in 12 s.")
    assert.strictEqual(waitingFor, "retry")
  })

  it("mentions workers that died", () => {
    assert.include(told({ crashCount: 2 }).sentence, "2 workers died holding it.")
  })

  it("says what a complete job has and how long it took", () => {
    const progress = { chunksTotal: 12, chunksDone: 12, embedsTotal: 12, embedsDone: 12 }
    const complete = told({ status: "complete", progress, processingCompletedAt: ago("59 minutes"), runAt: null })
    assert.strictEqual(complete.sentence, "Complete after 1 m: 12 chunks have their vectors.")
    assert.isNull(complete.waitingFor)
  })

  it("says what of the document is missing in the text of a complete job", () => {
    const warnings = ["4 pages are not in the parsed text: 52-55."]
    const parseReport = { characters: 10, pages: 55, duplicateOf: null, warnings }
    const { sentence, waitingFor } = told({ status: "complete", parseReport })
    assert.include(sentence, "But its text is incomplete: 4 pages are not in the parsed text: 52-55.")
    assert.strictEqual(waitingFor, "person")
  })

  it("explains every status and every code", () => {
    for (const status of statuses) {
      for (const code of [null, ...ErrorCode.literals]) {
        const at = isTerminal(status) ? "parsed" : status
        const lastError = code === null ? null : anError(code, at)
        for (const leaseUntil of [null, hence("10 seconds")]) {
          const { nextAction, sentence, waitingFor } = told({ status, lastError, leaseUntil, runAt: null })
          assert.match(sentence, /^[A-Z].*\.$/)
          assert.notMatch(sentence, /undefined|null|NaN|\.\./)
          assert.match(nextAction, /\.$/)
          if (status === "complete") assert.isNull(waitingFor)
          if (status.startsWith("failed")) assert.strictEqual(waitingFor, "person")
        }
      }
    }
  })

  it("ends a provider's words with a full stop before it says what was kept", () => {
    const lastError = { ...anError("PARSER_FAILED", "parse_queued"), message: "No healthy upstream server" }
    const { sentence } = told({ status: "failed_parse", lastError, runAt: null })
    assert.include(sentence, "No healthy upstream server. Kept: ")
  })

  it("says for every failure what to do, and what was kept", () => {
    for (const at of activeStatuses) {
      for (const code of ErrorCode.literals) {
        const status = failureOf(at) ?? "failed_parse"
        const { nextAction, sentence } = told({ status, lastError: anError(code, at), runAt: null })
        assert.strictEqual(nextAction, errorCodes[code].help)
        assert.include(sentence, "Kept: everything stored so far.")
      }
    }
  })
})
