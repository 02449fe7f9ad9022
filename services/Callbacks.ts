/** Received callbacks: each counts once, and none is trusted before the provider has been polled. */
import { Context, type Effect, type Option } from "effect"
import type { JobId } from "../src/domain/Ids.ts"
import type { JobOrigin } from "../src/domain/Job.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface ReceivedCallback {
  readonly provider: string
  readonly eventId: string
  readonly eventType: string
  readonly jobId: JobId
  readonly payloadSha256: string
}

export class Callbacks extends Context.Service<Callbacks, {
  /** The job, with the secret that signs its callbacks; none for an unknown job. */
  readonly find: (
    job: JobId
  ) => Effect.Effect<Option.Option<{ readonly secret: string; readonly origin: JobOrigin }>, ServiceError>
  /** Records a verified callback and makes a waiting job due at once. False, and nothing changed: it was recorded before. */
  readonly record: (receipt: ReceivedCallback) => Effect.Effect<boolean, ServiceError>
}>()("accessa/services/Callbacks") {}
