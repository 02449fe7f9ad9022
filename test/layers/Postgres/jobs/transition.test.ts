/** The one builder of status changes. */
import { assert, describe, it as plain } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { readdirSync, readFileSync } from "node:fs"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Jobs } from "../../../../services/Jobs.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import type { ClaimedJob } from "../../../../src/domain/Job.ts"
import type { Move, StaleClaim } from "../../../../src/domain/Move.ts"
import type { ServiceError } from "../../../../src/domain/ServiceError.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { historyOf } from "../../../support/databases/records.ts"
import {
  claimOne,
  emptyTables,
  expireLease,
  heldAt,
  moveTo,
  rowOf,
  someone,
  stores
} from "../../../support/databases/stores.ts"

describe("the SQL of the adapter", () => {
  const files = readdirSync("layers/Postgres", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts")
  )
  const assignsStatus = /UPDATE upload_jobs(?: \w+)? SET(?:(?!\bFROM\b|\bWHERE\b)[\s\S])*?\bstatus\s*=/

  plain("writes a job's status only in transition.ts", () => {
    const writers = files.filter((name) => assignsStatus.test(readFileSync(`layers/Postgres/${name}`, "utf8")))
    assert.deepStrictEqual(writers, ["jobs/transition.ts"])
  })
})

onEachDatabase("a transition", (it) => {
  it.layer(stores)((it) => {
    it.effect.each(["chunks_stored", "complete", null])(
      "a transition does not leave the state graph when a row says that a failed parse resumes at %s",
      (resume) =>
        Effect.gen(function*() {
          yield* emptyTables
          const sql = yield* SqlClient.SqlClient
          const jobs = yield* Jobs
          const job = yield* heldAt("uploaded")
          yield* moveTo(job, ["failed_parse"], { resumeStatus: "uploaded" })
          yield* sql`UPDATE upload_jobs SET resume_status = ${resume} WHERE job_id = ${job.jobId}`
          const before = yield* historyOf(job.jobId)
          const { changed } = Option.getOrThrow(yield* jobs.retry(localUserId, job.jobId, someone))
          assert.isFalse(changed)
          assert.strictEqual((yield* rowOf(job))["status"], "failed_parse")
          assert.deepStrictEqual(yield* historyOf(job.jobId), before)
        })
    )

    for (const [name, write] of Object.entries(stale)) {
      it.effect(`a transition refuses ${name} under the fence of a worker that lost the job to another`, () =>
        Effect.gen(function*() {
          yield* emptyTables
          const queue = yield* JobQueue
          const lost = yield* heldAt("embedding_in_progress")
          yield* expireLease(lost)
          yield* queue.rescue
          const holder = yield* claimOne()
          assert.deepInclude(holder, { jobId: lost.jobId, status: lost.status })
          const before = [yield* rowOf(lost), yield* historyOf(lost.jobId)]
          assert.strictEqual((yield* Effect.flip(write(queue, lost)))._tag, "StaleClaim")
          assert.deepStrictEqual([yield* rowOf(lost), yield* historyOf(lost.jobId)], before)
          yield* write(queue, holder)
          assert.notDeepEqual(yield* rowOf(lost), before[0])
        }))
    }
  })
})

const changeOf = ({ fence, jobId, status }: ClaimedJob) =>
  ({ jobId, fence, from: status, to: status, type: "moved", actor: "test", set: {} }) satisfies Move

/** What a worker may write about a job that it holds. The receipt has its own test, receipt.test.ts. */
const stale = {
  "a move": (queue, job) => queue.move({ ...changeOf(job), to: "embeddings_stored" }),
  "a failure": (queue, job) => queue.move({ ...changeOf(job), to: "failed_embedding" }),
  "a checkpoint": (queue, job) => queue.move({ ...changeOf(job), set: { progress: { embedsDone: 7 } } }),
  "a release": (queue, job) => queue.move({ ...changeOf(job), type: "parked", releaseMs: 60_000 })
} satisfies Record<
  string,
  (queue: JobQueue["Service"], job: ClaimedJob) => Effect.Effect<void, ServiceError | StaleClaim>
>
