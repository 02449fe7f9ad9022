/**
 * The queue on Postgres: claims with `SKIP LOCKED`, batched and fenced moves, the receipt, leases on the database's clock.
 */
import { Clock, Duration, Effect, Exit, Layer, Ref, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { JobQueue } from "../../../services/JobQueue.ts"
import type { ClaimedJob } from "../../../src/domain/Job.ts"
import { type Move, StaleClaim } from "../../../src/domain/Move.ts"
import type { Receipt } from "../../../src/domain/Receipt.ts"
import { PermanentError, type ServiceError } from "../../../src/domain/ServiceError.ts"
import { crashLimit, Leases } from "../../../src/policy/leases.ts"
import { makeCoalescer } from "../../shared/coalesce.ts"
import { workChannel } from "../connection/channels.ts"
import { Notifications } from "../connection/listen.ts"
import { rowOf, run } from "../connection/rows.ts"
import { untilDue } from "../connection/untilDue.ts"
import { claimJobs, nextDue } from "./claimJobs.ts"
import { completeJobs } from "./completeJobs.ts"
import { readClaims } from "./jobRow.ts"
import { moveJobs } from "./moveJobs.ts"
import { readReceipts } from "./receipt.ts"
import { releaseJobs } from "./releaseJobs.ts"
import { rescueJobs } from "./rescueJobs.ts"
import { takeAbandoned } from "./takeAbandoned.ts"
import { beginning, findForgotten, postponeTurns } from "./turns.ts"
import { writeBeat } from "./writeBeat.ts"

export const JobQueueSql = (options: { readonly lease: Duration.Duration }) =>
  Layer.effect(
    JobQueue,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifications = yield* Notifications
      const leaseMs = Duration.toMillis(options.lease)
      const { sweeperLease } = yield* Leases
      const lookedUpTo = yield* Ref.make(beginning)

      const runMoves = (moves: ReadonlyArray<Move>) =>
        moveJobs(sql, moves).pipe(
          run,
          Effect.map((moved) =>
            moves.map((move): Exit.Exit<void, ServiceError | StaleClaim> =>
              moved.has(move) ? Exit.void : Exit.fail(new StaleClaim({ jobId: move.jobId }))
            )
          )
        )

      const runCompletions = (requests: ReadonlyArray<Completion>) =>
        completeJobs(sql, requests).pipe(
          readReceipts,
          Effect.map((rows) => {
            const receipts = new Map(rows.map((row) => [row.job_id, row.receipt]))
            return requests.map(({ job }) => toExit(job, receipts.get(job.jobId)))
          })
        )

      const move = yield* makeCoalescer(runMoves, { most: 200, lanes: 2 })
      const complete = yield* makeCoalescer(runCompletions, { most: 64, lanes: 1 })

      return JobQueue.of({
        claim: Effect.fn("JobQueue.claim")(function*(worker, limit, only) {
          return yield* claimJobs(sql, { worker, limit, leaseMs, only }).pipe(readClaims)
        }),
        move,
        complete: (job, actor) => complete({ job, actor }),
        beat: Effect.fn("JobQueue.beat")(function*(beat) {
          const times = { leaseMs, sweeperMs: Duration.toMillis(sweeperLease) }
          const { clock_ahead_ms, is_sweeper, may_be_due } = yield* readAnswer(
            notifications.ask(writeBeat(sql, beat, times, yield* Clock.currentTimeMillis))
          )
          return { isSweeper: is_sweeper, mayBeDue: may_be_due, clockAheadMs: clock_ahead_ms }
        }),
        release: Effect.fn("JobQueue.release")(function*(worker) {
          return (yield* run(releaseJobs(sql, worker))).length
        }),
        rescue: rescueJobs(sql, crashLimit, leaseMs).pipe(Effect.withSpan("JobQueue.rescue")),
        tidyTurns: Effect.gen(function*() {
          const [row] = yield* findForgotten(sql, yield* Ref.get(lookedUpTo))
          yield* Ref.set(lookedUpTo, row?.next ?? beginning)
          yield* postponeTurns(sql)
          return row?.found ?? 0
        }).pipe(run, Effect.withSpan("JobQueue.tidyTurns")),
        takeAbandoned: run(takeAbandoned(sql)).pipe(
          Effect.map((rows) => rows.filter(({ wanted }) => !wanted).map((row) => row.provider_job_id)),
          Effect.withSpan("JobQueue.takeAbandoned")
        ),
        nextDue: (worker) => nextDue(sql, worker, leaseMs).pipe(run, Effect.map(untilDue)),
        wakeups: Stream.map(notifications.subscribe(workChannel), () => undefined)
      })
    })
  )

const readAnswer = rowOf(
  Schema.Struct({ is_sweeper: Schema.Boolean, may_be_due: Schema.Boolean, clock_ahead_ms: Schema.Int })
)

interface Completion {
  readonly job: ClaimedJob
  readonly actor: string
}

/** No row: the claim is stale. */
const toExit = (
  job: ClaimedJob,
  receipt: Receipt | undefined
): Exit.Exit<Receipt, ServiceError | StaleClaim> => {
  if (receipt === undefined) return Exit.fail(new StaleClaim({ jobId: job.jobId }))
  if (receipt.failedChecks.length === 0) return Exit.succeed(receipt)
  return Exit.fail(
    new PermanentError({
      code: "RECEIPT_MISMATCH",
      message:
        `The receipt fails these checks: ${receipt.failedChecks.join(", ")} (${receipt.chunksStored} chunks and ` +
        `${receipt.vectorsStored} vectors where ${receipt.chunksExpected} were planned).`
    })
  )
}
