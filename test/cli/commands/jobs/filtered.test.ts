import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { Overview } from "../../../../services/Overview.ts"
import type { JobLine } from "../../../../src/domain/Overview.ts"
import { keyOf } from "../../../support/harness/Credentials.ts"
import { runCli } from "../../../support/harness/runCli.ts"
import { TestApi, testApi } from "../../../support/harness/TestApi.ts"
import { aJob } from "../../../support/stubs/cannedJob.ts"

const cli = (args: ReadonlyArray<string>, key = keyOf("operator")) =>
  Effect.flatMap(
    TestApi,
    ({ url }) => runCli(["jobs", "list", ...args], { env: { ACCESSA_URL: url.href, ACCESSA_API_KEY: key } })
  )

const lineOf = (filename: string): JobLine => {
  const job = aJob({ filename })
  return {
    job_id: job.jobId,
    document_id: job.documentId,
    user_id: job.userId,
    correlation_id: job.correlationId,
    filename,
    bytes: 10,
    status: job.status,
    since: job.updatedAt,
    created_at: job.createdAt,
    retry_count: 0,
    chunks_total: 0,
    embeds_done: 0,
    cost_usd: 0.25,
    left_usd: 0,
    error_code: null,
    last_error: null,
    lease_until: null,
    warnings: []
  }
}

/** Two pages of one job each, as the API searches a few thousand jobs per page. */
const twoPages = Layer.mock(Overview, {
  jobs: (_, after) =>
    Effect.succeed(
      after === undefined
        ? { jobs: [lineOf("first.pdf")], next: Option.some(`1.${aJob().jobId}`) }
        : { jobs: [lineOf("second.pdf")], next: Option.none() }
    )
})

describe("accessa jobs list --filter", () => {
  it.live("lists jobs of all users over as many pages as it takes, and says the filter in words", () =>
    Effect.gen(function*() {
      const found = yield* cli(["--filter", "is:open pdf"])
      assert.strictEqual(found.code, 0)
      assert.match(found.stdout, /\$0\.25 .*first\.pdf\n.*second\.pdf/)
      assert.include(found.stderr, "Jobs in progress, with \"pdf\" in their file name or an id.")
      assert.include((yield* cli(["--filter", "pdf", "--limit", "1"])).stderr, "there are more")
    }).pipe(Effect.provide(testApi({ overview: twoPages }))))

  it.live("refuses an unknown word, a second kind of filter, and users who are no operators", () =>
    Effect.gen(function*() {
      assert.lengthOf((yield* cli(["--filter", "colour:red"])).stderr.split("There is no filter \"colour:\""), 2)
      const two = yield* cli(["--filter", "is:open", "--filename", "a"])
      assert.strictEqual(two.code, 2)
      assert.include(two.stderr, "TWO_FILTERS")
      assert.strictEqual((yield* cli(["--filter", "is:open"], keyOf("user"))).code, 4)
      assert.include((yield* cli(["--filter", "is:failed"])).stderr, "No job matches.")
    }).pipe(Effect.provide(testApi())))
})
