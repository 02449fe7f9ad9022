/** The only client for user-supplied addresses. It never connects to an address it refuses. */
import { Context, type Effect, Schema } from "effect"

/** The address may not be called. The message is shown to its owner and reveals nothing about our network. */
export class EgressRefused extends Schema.TaggedError<EgressRefused>()("EgressRefused", {
  message: Schema.String
}) {}

/** The call was made but failed or timed out. */
export class EgressFailed extends Schema.TaggedError<EgressFailed>()("EgressFailed", {
  message: Schema.String
}) {}

export interface EgressRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface EgressAnswer {
  readonly status: number
  /** The header `Retry-After` as it was sent. */
  readonly retryAfter: string | undefined
}

export class Egress extends Context.Service<Egress, {
  /** Returns the address in canonical form; fails if it could not be called now. Resolves the name but makes no call. */
  readonly check: (url: string) => Effect.Effect<string, EgressRefused | EgressFailed>
  /** The response body is not read. */
  readonly post: (request: EgressRequest) => Effect.Effect<EgressAnswer, EgressRefused | EgressFailed>
}>()("accessa/services/Egress") {}
