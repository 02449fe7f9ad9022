/** A result that is not an `Exit` at once takes a dozen steps of a fiber for each null. */
import { it } from "@effect/vitest"
import { Effect, Exit, Schema } from "effect"
import { assert, describe } from "vitest"
import { JobView } from "../../src/api/jobs.ts"
import { Job } from "../../src/domain/Job.ts"
import { nullFirst } from "../../src/domain/nullFirst.ts"
import { aJob } from "../support/stubs/cannedJob.ts"

const encode = Schema.encodeEffect(Schema.toCodecJson(JobView))

describe("missing times", () => {
  it("are null in the answer, which is encoded at once", () => {
    const answer = encode(
      aJob({ runAt: null, leaseUntil: null, processingStartedAt: null, processingCompletedAt: null })
    )
    assert.isTrue(Exit.isExit(answer))
    assert.propertyVal(Effect.runSync(answer), "lease_until", null)
  })

  it("are null in a job's row, which is decoded at once", () => {
    const row = Schema.encodeSync(Job)(aJob())
    const job = Schema.decodeUnknownEffect(Job)({ ...row, run_at: null, lease_until: null })
    assert.isTrue(Exit.isExit(job))
    assert.isNull(Effect.runSync(job).leaseUntil)
  })

  it("may be any of the type", () => {
    const schema = nullFirst(Schema.NumberFromString)
    const decode = Schema.decodeUnknownSync(schema)
    assert.isNull(decode(null))
    assert.strictEqual(decode("3"), 3)
    assert.throws(() => decode(undefined))
  })
})
