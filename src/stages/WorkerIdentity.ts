/** Who this worker is, and how it is set up, for the stages that it runs. */
import { Context, type Duration } from "effect"
import type { JobId } from "../domain/Ids.ts"

export class WorkerIdentity extends Context.Service<WorkerIdentity, {
  /** The author of the events it writes: `worker:<id>`. */
  readonly actor: string
  /** Where the parser's provider can reach our API about a job; undefined where it cannot. */
  readonly callbackUrl: ((job: JobId) => URL) | undefined
  /** How long a job waits for a dependency that is down before it fails. */
  readonly outagePatience: Duration.Duration
}>()("accessa/stages/WorkerIdentity") {}
