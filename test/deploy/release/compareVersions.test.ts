/** How often the comparison of two versions is wrong, over simulated documents. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"
import type { ObservedJob } from "../../../services/Releases.ts"
import { overall } from "../../../src/deploy/CheckResult.ts"
import { compareVersions } from "../../../src/deploy/release/compareVersions.ts"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"
import { slowdownOf } from "../../../src/deploy/statistics/slowdownOf.ts"
import { rolloutConfidence } from "../../../src/policy/releases.ts"

const stages = [
  "uploaded",
  "parse_queued",
  "parsed",
  "chunking",
  "chunks_stored",
  "embedding_queued",
  "complete"
] as const

/** Times as those of providers are: the log of them is normal, and a few documents take much longer. */
const jobsOf = (
  random: () => number,
  isNew: boolean,
  count: number,
  { failing = 0.02, machine = 1, slower = 1 }
): ReadonlyArray<ObservedJob> =>
  Array.from({ length: count }, () => {
    let at = 0
    const size = Math.exp(0.5 * (random() + random() + random() - 1.5))
    return {
      isNew,
      status: random() < failing ? "failed_parse" : "complete",
      troubled: false,
      history: stages.map((toStatus) => {
        at += 150 * machine * size * Math.exp(random() + random() - 1) * (toStatus === "chunks_stored" ? slower : 1)
        return { toStatus, createdAt: DateTime.makeUnsafe(at) }
      })
    }
  })

/** The verdicts of many rollouts, each looked at as often as one step is. */
const verdicts = (fresh: { readonly failing?: number; readonly slower?: number }, count: number) => {
  const random = randomFrom(11)
  return Array.from({ length: 50 }, () => {
    const [ours, theirs] = [jobsOf(random, true, count, fresh), jobsOf(random, false, 10 * count, {})]
    for (let look = 1; look < 4; look++) {
      const share = look / 4
      const early = compareVersions(ours.slice(0, share * ours.length), theirs.slice(0, share * theirs.length))
      if (overall(early) === "fail") return "fail"
    }
    return overall(compareVersions(ours, theirs))
  })
}
const shareOf = (all: ReadonlyArray<string>, verdict: string) =>
  all.filter((each) => each === verdict).length / all.length

describe("the comparison of two versions", () => {
  it("fails at most one in fifty good versions, and leaves few of them in doubt", () => {
    for (const count of [30, 100]) {
      const found = verdicts({}, count)
      assert.isAtMost(shareOf(found, "fail"), 0.02, `${count} documents`)
      assert.isAtLeast(shareOf(found, "pass"), count === 30 ? 0.7 : 0.95, `${count} documents`)
    }
  })

  it("never passes a version with a stage three times slower, or with half of its documents failing", () => {
    for (const bad of [{ slower: 3 }, { failing: 0.5 }]) {
      assert.strictEqual(shareOf(verdicts(bad, 30), "pass"), 0, JSON.stringify(bad))
      assert.isAtLeast(shareOf(verdicts(bad, 100), "fail"), 0.95, JSON.stringify(bad))
    }
  })

  it("takes no slower machine for a slower version where its speed was measured, and passes neither", () => {
    const random = randomFrom(5)
    const speeds = (slower: number) => Array.from({ length: 60 }, () => slower * Math.exp(random() + random() - 1))
    const found = { slowMachine: new Set<string>(), blind: new Set<string>(), slowVersion: new Set<string>() }
    for (let time = 0; time < 20; time++) {
      const control = jobsOf(random, false, 100, {})
      const [slow, bad] = [jobsOf(random, true, 60, { machine: 10 }), jobsOf(random, true, 60, { slower: 10 })]
      const slowdown = slowdownOf(speeds(1), speeds(10), rolloutConfidence)
      found.slowMachine.add(overall(compareVersions(slow, control, slowdown)))
      found.blind.add(overall(compareVersions(slow, control)))
      found.slowVersion.add(overall(compareVersions(bad, control, slowdownOf(speeds(1), speeds(1), rolloutConfidence))))
    }
    assert.deepStrictEqual([...found.slowMachine], ["inconclusive"])
    assert.deepStrictEqual([...found.blind], ["fail"])
    assert.deepStrictEqual([...found.slowVersion], ["fail"])
  })

  it("is in doubt about a slower version while the speed of the machine is not known", () => {
    const random = randomFrom(5)
    const [bad, control] = [jobsOf(random, true, 60, { slower: 10 }), jobsOf(random, false, 100, {})]
    assert.strictEqual(overall(compareVersions(bad, control, slowdownOf([5], [5], rolloutConfidence))), "inconclusive")
  })

  it("is in doubt without enough documents of either version", () => {
    const random = randomFrom(3)
    const many = jobsOf(random, false, 100, {})
    assert.strictEqual(overall(compareVersions([], many)), "inconclusive")
    assert.strictEqual(overall(compareVersions(many, [])), "inconclusive")
    assert.strictEqual(overall(compareVersions(many.slice(0, 19), many)), "inconclusive")
  })
})
