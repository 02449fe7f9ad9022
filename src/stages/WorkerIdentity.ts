/** The worker's identity and configuration, for the stages it runs. */
import { Context, type Duration } from "effect"
import type { JobId } from "../domain/Ids.ts"

export class WorkerIdentity extends Context.Service<WorkerIdentity, {
  /** The author of the events it writes: `worker:<id>`. */
  readonly actor: string
  /** The address at which the parser can reach the API for a job; undefined if it cannot. */
  readonly callbackUrl: ((job: JobId) => URL) | undefined
  /** How long a job waits for a dependency that is down before it fails. */
  readonly outagePatience: Duration.Duration
}>()("accessa/stages/WorkerIdentity") {}
