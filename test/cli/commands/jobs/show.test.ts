import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runCli } from "../../../support/harness/runCli.ts"
import { serveApiStub } from "../../../support/stubs/ApiStub.ts"
import { aJob } from "../../../support/stubs/cannedJob.ts"

const traceUrl = "http://127.0.0.1:16686/trace/0af7651916cd43dd8448eb211c80319c"

const shown = (job: ReturnType<typeof aJob>) =>
  Effect.gen(function*() {
    const { url } = yield* serveApiStub({ jobs: [job], stuck: true })
    const run = (command: string) =>
      Effect.map(runCli(["jobs", command, job.jobId], { env: { ACCESSA_URL: url.href } }), ({ stdout }) => stdout)
    return { show: yield* run("show"), explain: yield* run("explain") }
  }).pipe(Effect.scoped)

describe("accessa jobs show and explain", () => {
  it.live("name the address of the job's trace if it is recorded", () =>
    Effect.gen(function*() {
      const { explain, show } = yield* shown(aJob({ traceUrl }))
      assert.match(show, new RegExp(`^ +trace +${traceUrl}$`, "m"))
      assert.include(explain, `Trace: ${traceUrl}\n`)
    }))

  it.live("name the mail that the document is attached to", () =>
    Effect.gen(function*() {
      const { documentId } = aJob()
      const { show } = yield* shown(aJob({ parentDocumentId: documentId }))
      assert.match(show, new RegExp(`^ +attached to +${documentId}$`, "m"))
    }))

  it.live("say nothing of a trace that is not recorded", () =>
    Effect.gen(function*() {
      const { explain, show } = yield* shown(aJob({ traceUrl: null }))
      assert.notMatch(show, /^ +trace /m)
      assert.notInclude(explain, "Trace:")
    }))
})
