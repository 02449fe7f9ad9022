/** The one builder of status changes. */
import { assert, describe, it as plain } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { readdirSync, readFileSync } from "node:fs"
import { Jobs } from "../../../../services/Jobs.ts"
import { localUserId } from "../../../../src/domain/Ids.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { historyOf } from "../../../support/databases/records.ts"
import { emptyTables, heldAt, moveTo, rowOf, someone, stores } from "../../../support/databases/stores.ts"

describe("the SQL of the adapter", () => {
  const files = readdirSync("layers/Postgres", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts")
  )
  const assignsStatus = /UPDATE upload_jobs(?: \w+)? SET(?:(?!\bFROM\b|\bWHERE\b)[\s\S])*?\bstatus\s*=/

  plain("writes a job's status in transition.ts alone", () => {
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
  })
})
