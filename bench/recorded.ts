/** Figures of earlier runs of a benchmark, and the judgement of new ones against them, as `accessa baseline compare` does it. */
import { Clock, Console, Effect, FileSystem, Option, Record, Runtime, Schema } from "effect"
import { exitCodes, Verdict } from "../src/deploy/CheckResult.ts"
import { judgeTimes, type Timed } from "../src/deploy/statistics/judgeTimes.ts"
import { medianInterval } from "../src/deploy/statistics/medianInterval.ts"
import { sha256 } from "../src/domain/hash.ts"
import { confidence } from "../src/policy/baseline.ts"

const file = "config/bench.local.json"

const Figures = Schema.Struct({ times: Schema.Array(Schema.Finite), control: Schema.Array(Schema.Finite) })
const Recorded = Schema.fromJsonString(Schema.Record(Schema.String, Figures))

class BenchVerdict extends Schema.TaggedError<BenchVerdict>()("BenchVerdict", {
  message: Schema.String,
  verdict: Verdict
}) {
  override readonly [Runtime.errorExitCode] = exitCodes[this.verdict]
  /** It has been printed as a figure of the benchmark. */
  override readonly [Runtime.errorReported] = false
}

const readRecorded = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return (yield* fs.exists(file)) ? yield* Schema.decodeEffect(Recorded)(yield* fs.readFileString(file)) : {}
})

/** A few hundred milliseconds of work of this process, to see how busy the machine is. */
const fixedBytes = new Uint8Array(16_000_000)
const control = Effect.gen(function*() {
  const before = yield* Clock.currentTimeNanos
  for (let turn = 0; turn < 10; turn++) yield* Effect.andThen(Effect.sync(() => sha256(fixedBytes)), Effect.yieldNow)
  return Number((yield* Clock.currentTimeNanos) - before) / 1e6
})

export interface Benchmark<E, R> {
  readonly name: string
  readonly rounds: number
  readonly record: boolean
  readonly json: boolean
  /** One round, in milliseconds. */
  readonly run: Effect.Effect<number, E, R>
}

/** The control is measured before and after each round. */
const measure = Effect.fnUntraced(function*<E, R>({ json, name, rounds, run }: Benchmark<E, R>) {
  const timed: { readonly times: Array<number>; readonly control: Array<number> } = { times: [], control: [] }
  for (let round = 1; round <= rounds; round++) {
    const before = yield* control
    const time = yield* run
    timed.times.push(Math.round(time))
    timed.control.push((before + (yield* control)) / 2)
    if (!json) yield* Console.log(`${name}, round ${round} of ${rounds}: ${Math.round(time)} ms`)
  }
  return timed
})

export const compareWithRecorded = Effect.fnUntraced(function*<E, R>(benchmark: Benchmark<E, R>) {
  const { json, name, record } = benchmark
  const recorded = yield* readRecorded
  const now = yield* measure(benchmark)
  if (record) yield* keep({ ...recorded, [name]: now })
  const judged = Option.match(Record.get(recorded, name), {
    onNone: () => ({ verdict: "inconclusive" as const, because: "nothing is recorded: run it with --record" }),
    onSome: (before) => judgeTimes(before, now, leastDifference)
  })
  yield* Console.log(
    json
      ? JSON.stringify({ benchmark: name, verdict: judged.verdict, because: judged.because, ...now })
      : `${name}: ${told(now)}; recorded: ${
        Option.match(Record.get(recorded, name), { onNone: () => "nothing", onSome: told })
      }`
  )
  if (record) return
  const message = `${name}: ${judged.verdict}, ${judged.because}.`
  if (!json) yield* Console.log(message)
  if (judged.verdict !== "pass") return yield* new BenchVerdict({ verdict: judged.verdict, message })
})

/** In milliseconds: the start of a process takes longer. */
const leastDifference = 200

const keep = Effect.fnUntraced(function*(all: Readonly<Record<string, Timed>>) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.writeFileString(file, `${JSON.stringify(all, undefined, 1)}\n`)
})

const told = ({ times }: Timed): string =>
  Option.match(medianInterval(times, confidence), {
    onNone: () => `${times.length} samples`,
    onSome: ({ high, low, median, samples }) => `${median} ms (${low} to ${high}, ${samples} samples)`
  })
