/** Says in words what a job is doing: for how long, what it waits for, and what happens next. Pure: job and time in, text out. */
import { Schema } from "effect"

export const Explanation = Schema.Struct({
  /** One or two sentences for a person. */
  sentence: Schema.String,
  /** Since when the job has stood where it stands. */
  since: Schema.DateTimeUtcFromString,
  /** What a person can do; "Nothing to do: …" where that is the answer. */
  next_action: Schema.String,
  /** `worker`, `parser`, `embedder`, `storage`, `database`, `retry`, `person`; null when it waits for nothing. */
  waiting_for: Schema.NullOr(
    Schema.Literals(["worker", "parser", "embedder", "storage", "database", "retry", "person"])
  )
})
export type Explanation = typeof Explanation.Type
