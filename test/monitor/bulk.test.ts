import { assert, describe, it } from "@effect/vitest"
import { outcomeOf, quoted } from "../../src/monitor/web/parts/bulk.ts"

const result = {
  matched: 1_000,
  eligible: 1_000,
  changed: 1_000,
  users: 1,
  estimated_usd: 0,
  vectors_kept: 0,
  more: false,
  said: ""
}

describe("an action on several jobs", () => {
  it("says how many jobs it changed, and that more are left", () => {
    assert.strictEqual(
      outcomeOf("retry", { ...result, more: true }),
      "1,000 jobs resume. More match: repeat it for them."
    )
    assert.strictEqual(outcomeOf("retry", { ...result, changed: 1 }), "1 job resumes.")
    assert.strictEqual(outcomeOf("cancel", { ...result, changed: 2 }), "2 jobs are cancelled.")
  })

  it("quotes a filter so that a shell passes it on as it is", () => {
    assert.strictEqual(quoted("o'brien is:failed"), "'o'\\''brien is:failed'")
  })
})
