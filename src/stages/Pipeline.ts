/** What the stages need to know of the process they run in. */
import { Context } from "effect"
import type { JobId } from "../domain/Ids.ts"

export class Pipeline extends Context.Service<Pipeline, {
  /** Who writes the events: `worker:<id>`. */
  readonly actor: string
  /** Where the parser's provider reaches our API about a job; undefined where it can not. */
  readonly callbackUrl: ((job: JobId) => URL) | undefined
}>()("accessa/stages/Pipeline") {}
