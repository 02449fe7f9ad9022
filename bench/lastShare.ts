/**
 * How often the comparison at 100 % is right, where the documents of the shares before are the control: over recorded runs of one
 * stack on a busy machine, the later one of each pair with a slower machine, a slower version, or both.
 */
import { DateTime } from "effect"
import type { ObservedJob } from "../services/Releases.ts"
import { overall, type Verdict } from "../src/deploy/CheckResult.ts"
import { compareVersions } from "../src/deploy/release/compareVersions.ts"
import { randomFrom } from "../src/deploy/statistics/randomFrom.ts"
import { slowdownOf } from "../src/deploy/statistics/slowdownOf.ts"
import { rolloutConfidence } from "../src/policy/releases.ts"

interface Run {
  readonly control: ReadonlyArray<number>
  readonly submit: ReadonlyArray<number>
  readonly parse: ReadonlyArray<number>
  readonly validate: ReadonlyArray<number>
  readonly plan: ReadonlyArray<number>
  readonly embed: ReadonlyArray<number>
}

/** The status with which each recorded stage begins. */
const stages = [
  ["submit", "uploaded"],
  ["parse", "parse_queued"],
  ["validate", "parsed"],
  ["plan", "chunks_stored"],
  ["embed", "embedding_queued"]
] as const
const documents = 30

/** Rounds of the run, drawn at random. */
const drawn = (run: Run, random: () => number): ReadonlyArray<number> =>
  Array.from({ length: documents }, () => Math.floor(random() * run.control.length))

const jobsOf = (run: Run, random: () => number, machine: number, embedding: number): ReadonlyArray<ObservedJob> =>
  drawn(run, random).map((round) => {
    let at = 0
    const history = stages.map(([stage, toStatus]) => {
      const createdAt = DateTime.makeUnsafe(at)
      at += machine * (stage === "embed" ? embedding : 1) * (run[stage][round] ?? 0)
      return { toStatus, createdAt }
    })
    return {
      isNew: true,
      status: "complete",
      troubled: false,
      history: [...history, { toStatus: "complete", createdAt: DateTime.makeUnsafe(at) }]
    }
  })

/** With the measured speed of the environment, and without. */
export const atLastShare = (runs: ReadonlyArray<Run>, machine: number, embedding: number) => {
  const random = randomFrom(23)
  const nothing = (): Record<Verdict, number> => ({ pass: 0, fail: 0, inconclusive: 0 })
  const counted = { measured: nothing(), blind: nothing() }
  const speedOf = (run: Run, times: number) => drawn(run, random).map((round) => times * (run.control[round] ?? 0))
  for (const then of runs) {
    for (const now of runs) {
      if (then === now) continue
      const [fresh, control] = [jobsOf(now, random, machine, embedding), jobsOf(then, random, 1, 1)]
      const slowdown = slowdownOf(speedOf(then, 1), speedOf(now, machine), rolloutConfidence)
      counted.measured[overall(compareVersions(fresh, control, slowdown))]++
      counted.blind[overall(compareVersions(fresh, control))]++
    }
  }
  return counted
}
