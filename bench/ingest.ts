/**
 * Sends every Markdown file of a folder through the durable pipeline, alternating with a baseline of the same steps without
 * durability. Each run is a separate process.
 */
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { embeddingsUrl, medianOf, runChild } from "./child.ts"
import { type Measurement, variants } from "./Measurement.ts"

const scripts = { pipeline: "bench/ingestPipeline.ts", "straight-line": "bench/ingestStraightLine.ts" } as const

export const ingest = Command.make(
  "ingest",
  {
    folder: Flag.Directory("folder", { mustExist: true }),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(1)),
    only: Flag.Literals("only", variants).pipe(Flag.optional),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.ingest")(function*({ folder, json, only, rounds }) {
    const url = yield* embeddingsUrl
    const run = Effect.fnUntraced(function*(variant: Measurement["variant"]) {
      const measurement = yield* runChild(scripts[variant], folder, { OPENAI_API_URL: url })
      yield* Console.log(json ? JSON.stringify(measurement) : measurement)
      return measurement
    })

    const ratios: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      if (Option.isSome(only)) {
        yield* run(only.value)
      } else {
        const straightLine = yield* run("straight-line")
        const pipeline = yield* run("pipeline")
        ratios.push(pipeline.docs_per_s / straightLine.docs_per_s)
      }
    }
    if (ratios.length === 0) return
    const median = medianOf(ratios)
    yield* Console.log(json ? JSON.stringify({ ratio: median }) : `pipeline / straight line: ${median.toFixed(2)}`)
  }, Effect.scoped)
)
