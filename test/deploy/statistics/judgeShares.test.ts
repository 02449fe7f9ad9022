import { describe, expect, it } from "vitest"
import { judgeShares } from "../../../src/deploy/statistics/judgeShares.ts"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"

const options = { tolerated: 0.05, confidence: 0.95 }

describe("the judgement of a share of failures", () => {
  it("passes without failures only if enough was tried", () => {
    expect(judgeShares({ failed: 0, all: 100 }, { failed: 0, all: 100 }, options).verdict).toBe("pass")
    expect(judgeShares({ failed: 0, all: 100 }, { failed: 0, all: 20 }, options).verdict).toBe("inconclusive")
  })

  it("is inconclusive without data on either side", () => {
    expect(judgeShares({ failed: 0, all: 0 }, { failed: 9, all: 9 }, options).verdict).toBe("inconclusive")
    expect(judgeShares({ failed: 0, all: 9 }, { failed: 0, all: 0 }, options).verdict).toBe("inconclusive")
  })

  it("fails if surely more fails than in the control, and not if as much fails there", () => {
    expect(judgeShares({ failed: 0, all: 100 }, { failed: 12, all: 100 }, options).verdict).toBe("fail")
    expect(judgeShares({ failed: 12, all: 100 }, { failed: 12, all: 100 }, options).verdict).not.toBe("fail")
  })

  const simulated = (before: number, after: number) => {
    const random = randomFrom(11)
    const count = (share: number) => ({
      failed: Array.from({ length: 120 }, random).filter((value) => value < share).length,
      all: 120
    })
    const verdicts = Array.from({ length: 400 }, () => judgeShares(count(before), count(after), options).verdict)
    return (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length / verdicts.length
  }

  it("raises no false alarm in 49 of 50 simulated releases that fail as often as before", () => {
    expect(simulated(0.03, 0.03)("fail")).toBeLessThan(0.02)
  })

  it("finds four of five simulated releases in which one document of six fails, and passes none", () => {
    const share = simulated(0.01, 1 / 6)
    expect(share("fail")).toBeGreaterThan(0.8)
    expect(share("pass")).toBe(0)
  })
})
