/** `pnpm bench large`: one long Markdown document through the pipeline. */
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { embeddingsUrl, runChild } from "./child.ts"
import { makeDocuments } from "./makeDocuments.ts"
import { compareWithRecorded } from "./recorded.ts"

/** Of every benchmark that is compared with a recorded run. */
export const comparedFlags = {
  rounds: Flag.Int("rounds").pipe(Flag.withDescription("At least 6 for a verdict"), Flag.withDefault(8)),
  record: Flag.Boolean("record").pipe(
    Flag.withDescription("Keep the figures in config/bench.local.json, to compare later runs with"),
    Flag.withDefault(false)
  ),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false))
}

export const large = Command.make(
  "large",
  { ...comparedFlags, megabytes: Flag.Int("megabytes").pipe(Flag.withDefault(5)) },
  Effect.fn("bench.large")(function*({ megabytes, ...flags }) {
    const url = yield* embeddingsUrl
    const folder = yield* makeDocuments(1, megabytes * 1_000_000)
    yield* compareWithRecorded({
      ...flags,
      name: `large, ${megabytes} MB`,
      run: Effect.map(
        runChild("bench/ingestPipeline.ts", folder, { OPENAI_API_URL: url }),
        ({ wall_s }) => 1_000 * wall_s
      )
    })
  }, Effect.scoped)
)
