/** False alarms and misses of the comparison, measured on simulated runs of a machine that other work keeps busy or not. */
import { describe, expect, it } from "vitest"
import type { Verdict } from "../../../src/deploy/CheckResult.ts"
import { judgeTimes, type Timed } from "../../../src/deploy/statistics/judgeTimes.ts"
import { randomFrom } from "../../../src/deploy/statistics/randomFrom.ts"
import { baselineRounds } from "../../../src/policy/baseline.ts"

interface Machine {
  /** How many times slower other work makes it, while there is any. */
  readonly busy: number
  /** The share of rounds in which there is some; it comes in bursts. */
  readonly share: number
}

const calm: Machine = { busy: 1, share: 0 }
const machines: ReadonlyArray<Machine> = [calm, { busy: 2, share: 0.5 }, { busy: 4, share: 0.3 }, { busy: 6, share: 1 }]

/** Part of a stage waits, and part of it works, as the control does. */
const simulate = (
  random: () => number,
  { busy, share }: Machine,
  stage: { readonly waits: number; readonly works: number }
): Timed => {
  const noise = (sigma: number) =>
    Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
  let burst = random() < share
  const rounds = Array.from({ length: baselineRounds }, () => {
    if (random() < 0.4) burst = random() < share
    const load = burst ? busy * noise(0.3) : 1
    // The control is measured at other moments of the same round.
    const controlLoad = random() < 0.7 ? load : burst ? busy * noise(0.3) : 1
    return {
      time: stage.waits * noise(0.02) + stage.works * load * noise(0.25),
      control: 3 * controlLoad * noise(0.15)
    }
  })
  return { times: rounds.map(({ time }) => time), control: rounds.map(({ control }) => control) }
}

const stages = [{ waits: 2_000, works: 30 }, { waits: 0, works: 15 }, { waits: 0, works: 200 }, {
  waits: 50,
  works: 100
}]

/** Those of which half is more than what does not matter. */
const worthTheirTime = stages.filter(({ waits, works }) => waits + works > 50)

const verdicts = (
  slower: number,
  then: ReadonlyArray<Machine>,
  now: ReadonlyArray<Machine>,
  some = stages,
  each = 60
) => {
  const random = randomFrom(slower * 7 + now.length)
  const counted: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0 }
  for (const stage of some) {
    const changed = { waits: stage.waits * slower, works: stage.works * slower }
    for (const before of then) {
      for (const after of now) {
        for (let run = 0; run < each; run++) {
          counted[judgeTimes(simulate(random, before, stage), simulate(random, after, changed), 25).verdict]++
        }
      }
    }
  }
  return { ...counted, all: counted.pass + counted.fail + counted.inconclusive }
}

describe("the judgement of a time", () => {
  it("never calls an unchanged stage slower, however busy the machine was or is", () => {
    const { all, fail } = verdicts(1, machines, machines)
    expect(all).toBeGreaterThan(3_000)
    expect(fail).toBe(0)
  })

  it("passes an unchanged stage on a calm machine", () => {
    const { all, pass } = verdicts(1, [calm], [calm], stages, 200)
    expect(pass / all).toBeGreaterThan(0.95)
  })

  it("finds a stage that is three times slower on a calm machine", () => {
    const { all, fail, pass } = verdicts(3, [calm], [calm], worthTheirTime, 200)
    expect(pass).toBe(0)
    expect(fail / all).toBeGreaterThan(0.8)
  })

  it("never passes a stage that is three times slower, however busy the machine was or is", () => {
    expect(verdicts(3, machines, machines, worthTheirTime).pass).toBe(0)
  })

  const flat = (value: number, rounds = baselineRounds) => Array.from({ length: rounds }, () => value)

  it("is inconclusive with too few samples on either side, or without a control", () => {
    const enough = { times: flat(100), control: flat(3) }
    const few = { times: flat(100, 5), control: flat(3, 5) }
    expect(judgeTimes(few, enough, 10)).toMatchObject({ verdict: "inconclusive", because: "5 samples were recorded" })
    expect(judgeTimes(enough, few, 10)).toMatchObject({ verdict: "inconclusive", because: "5 samples" })
    expect(judgeTimes(enough, { times: flat(100), control: [] }, 10).verdict).toBe("inconclusive")
  })

  it("is inconclusive if the control is too noisy, even if the stage is ten times slower", () => {
    const noisy = Array.from({ length: baselineRounds }, (_, round) => round % 2 === 0 ? 1 : 9)
    expect(judgeTimes({ times: flat(100), control: flat(3) }, { times: flat(1_000), control: noisy }, 10))
      .toMatchObject({
        verdict: "inconclusive",
        because: "the control is too noisy"
      })
  })

  it("does not mind a difference that does not matter", () => {
    const recorded = { times: flat(2), control: flat(3) }
    expect(judgeTimes(recorded, { times: flat(6), control: flat(3) }, 25).verdict).toBe("pass")
    expect(judgeTimes(recorded, { times: flat(60), control: flat(3) }, 25).verdict).toBe("fail")
  })
})
