/**
 * False alarms and misses over recorded runs: fifty recordings of one good stack within half an hour, on two cores with a load
 * average of 6 to 20. Each is compared with each other one.
 */
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { judgeTimes } from "../../../src/deploy/statistics/judgeTimes.ts"
import { medianOf } from "../../../src/deploy/statistics/medianInterval.ts"

const times = Schema.Array(Schema.Finite)
const Run = Schema.Struct({
  load: Schema.Finite,
  control: times,
  submit: times,
  parse: times,
  validate: times,
  plan: times,
  embed: times,
  total: times
})
const runs = Schema.decodeSync(Schema.fromJsonString(Schema.Array(Run)))(
  readFileSync(new URL("./traces.json", import.meta.url), "utf8")
)
const stages = ["submit", "parse", "validate", "plan", "embed", "total"] as const

/** Below this, three times as long is a difference that does not matter. */
const worthItsTime = 70

const compared = (slower: number, least = 0) => {
  const counted = { pass: 0, fail: 0, inconclusive: 0 }
  for (const stage of stages) {
    for (const then of runs) {
      for (const now of runs) {
        if (then === now || Math.min(medianOf(then[stage]), medianOf(now[stage])) < least) continue
        const recorded = { times: then[stage], control: then.control }
        const today = { times: now[stage].map((time) => slower * time), control: now.control }
        counted[judgeTimes(recorded, today, 50).verdict]++
      }
    }
  }
  return counted
}

describe("recorded runs of a busy machine", () => {
  it("raise no false alarm in 14,700 comparisons of an unchanged stack", () => {
    const { fail, inconclusive, pass } = compared(1)
    expect(pass + fail + inconclusive).toBe(14_700)
    expect(fail).toBe(0)
    expect(pass).toBeGreaterThan(1_000)
  })

  it("never pass a stage that is three times slower, unless the difference does not matter", () => {
    const { fail, inconclusive, pass } = compared(3, worthItsTime)
    expect(fail + inconclusive).toBeGreaterThan(7_000)
    expect(pass).toBe(0)
  })

  it("show a stage that is ten times slower in spite of the load", () => {
    const { fail, pass } = compared(10)
    expect(pass).toBe(0)
    expect(fail).toBeGreaterThan(1_000)
  })
})
