/** `accessa jobs`: the commands about jobs. */
import { Command } from "effect/cli"
import { jobsCancel, jobsRetry } from "./jobsChange.ts"
import { jobsList } from "./jobsList.ts"
import { jobsExplain, jobsShow } from "./jobsShow.ts"
import { jobsWatch } from "./jobsWatch.ts"

export const jobs = Command.make("jobs").pipe(
  Command.withDescription("See, explain, retry and cancel jobs"),
  Command.withSubcommands([jobsList, jobsShow, jobsWatch, jobsExplain, jobsRetry, jobsCancel])
)
