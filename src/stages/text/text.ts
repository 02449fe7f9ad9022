/**
 * parsed → parse_validated → chunking → chunks_stored: the parsed text is valid, and its chunks are stored. A new small document
 * continues to embedding_in_progress with them.
 */
import { Effect, Option } from "effect"
import { stageDeadline } from "../../policy/deadlines.ts"
import { isSmall } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import type { Stage } from "../Stage.ts"
import { chunk } from "./chunk.ts"
import { wholeText } from "./parsedText.ts"
import { validate } from "./validate.ts"

export const text = {
  name: "text",
  from: ["parsed", "parse_validated", "chunking"],
  needs: ["storage"],
  deadline: stageDeadline.text,
  run: Effect.fnUntraced(function*(run: JobRun) {
    const { markdown } = run.inMemory
    const whole = markdown === undefined ? yield* wholeText(run.job) : Option.some(markdown)
    if (run.job.status === "parsed") {
      const set = { parseReport: yield* validate(run, whole) }
      // If this process crashes, a small document is validated again within a moment.
      if (isSmall(run.job)) run.pass("chunking", set)
      else yield* run.checkpoint("chunking", set)
    }
    if (run.job.status === "parse_validated") run.pass("chunking")
    return yield* chunk(run, whole)
  }, Effect.scoped)
} satisfies Stage<unknown>
