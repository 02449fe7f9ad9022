/** With the limits of a rollout, so that what is counted here holds for one. */
import { describe, expect, it } from "vitest"
import { type Counted, judgeShares } from "../../../src/deploy/statistics/judgeShares.ts"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"
import { leastDocuments, rolloutConfidence, toleratedFailures } from "../../../src/policy/releases.ts"

const judge = (control: Counted, now: Counted) =>
  judgeShares(control, now, { tolerated: toleratedFailures, confidence: rolloutConfidence }).verdict

describe("the judgement of a share of failures", () => {
  it("passes without failures only if enough was tried, which the least documents of a rollout are", () => {
    const enough = { failed: 0, all: leastDocuments }
    expect(judge(enough, enough)).toBe("pass")
    expect(judge(enough, { failed: 0, all: 10 })).toBe("inconclusive")
  })

  it("is inconclusive without data on either side", () => {
    expect(judge({ failed: 0, all: 0 }, { failed: 9, all: 9 })).toBe("inconclusive")
    expect(judge({ failed: 0, all: 9 }, { failed: 0, all: 0 })).toBe("inconclusive")
  })

  it("fails if surely more fails than in the control, and not if as much fails there", () => {
    expect(judge({ failed: 0, all: 100 }, { failed: 12, all: 100 })).toBe("fail")
    expect(judge({ failed: 12, all: 100 }, { failed: 12, all: 100 })).not.toBe("fail")
  })

  /** Of releases whose documents fail with these shares: the verdict at the first look that fails, or else at the last one. */
  const simulated = (before: number, after: number, looks: ReadonlyArray<number>) => {
    const random = randomFrom(11)
    const draw = (share: number, all: number) =>
      Array.from({ length: all }, random).map((value) => value < share ? 1 : 0)
    const countOf = (drawn: ReadonlyArray<number>) => ({
      failed: drawn.reduce<number>((sum, each) => sum + each, 0),
      all: drawn.length
    })
    const verdicts = Array.from({ length: 400 }, () => {
      const most = Math.max(...looks)
      // A tenth of the documents go to the new version.
      const [control, fresh] = [draw(before, 9 * most), draw(after, most)]
      const seen = looks.map((count) => judge(countOf(control.slice(0, 9 * count)), countOf(fresh.slice(0, count))))
      return seen.find((verdict) => verdict === "fail") ?? seen.at(-1)
    })
    return (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length / verdicts.length
  }
  const often = Array.from({ length: 10 }, (_, look) => 10 * (look + 1))

  it("raises no false alarm in 99 of 100 simulated releases that fail as often as before, however often it looks", () => {
    for (const share of [0.01, 0.05, 0.3]) expect(simulated(share, share, often)("fail")).toBeLessThan(0.01)
  })

  it("finds nearly all simulated releases in which one document of six fails among a hundred, and passes none", () => {
    const share = simulated(0.01, 1 / 6, [100])
    expect(share("fail")).toBeGreaterThan(0.95)
    expect(share("pass")).toBe(0)
  })

  it("passes no simulated release in which half of the least documents fail, and few in which one of six does", () => {
    expect(simulated(0.01, 1 / 2, [leastDocuments])("pass")).toBe(0)
    expect(simulated(0.01, 1 / 6, [leastDocuments])("pass")).toBeLessThan(0.1)
  })
})
