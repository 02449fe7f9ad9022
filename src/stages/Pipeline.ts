/** What the stages need to know of the process they run in. */
import { Context, type Duration } from "effect"
import type { JobId } from "../domain/Ids.ts"

export class Pipeline extends Context.Service<Pipeline, {
  /** Who writes the events: `worker:<id>`. */
  readonly actor: string
  /** Where the parser's provider reaches our API about a job; undefined where it cannot. */
  readonly callbackUrl: ((job: JobId) => URL) | undefined
  /** How long a job waits for a service that is out before it fails. */
  readonly outagePatience: Duration.Duration
}>()("accessa/stages/Pipeline") {}
