/** The one way out to addresses that users give: what it refuses is never connected to. */
import { Context, type Effect, Schema } from "effect"

/** The address may not be called. The sentence is for whoever gave it, and says nothing about our network. */
export class EgressRefused extends Schema.TaggedError<EgressRefused>()("EgressRefused", {
  message: Schema.String
}) {}

/** It was called and did not answer, or not in time. */
export class EgressFailed extends Schema.TaggedError<EgressFailed>()("EgressFailed", {
  message: Schema.String
}) {}

export interface EgressRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export class Egress extends Context.Service<Egress, {
  /** Fails if the address could not be called now; answers it in its one notation. Its name is resolved, nobody is called. */
  readonly check: (url: string) => Effect.Effect<string, EgressRefused | EgressFailed>
  /** Answers the status; the body of the answer is not read. */
  readonly post: (request: EgressRequest) => Effect.Effect<number, EgressRefused | EgressFailed>
}>()("accessa/services/Egress") {}
