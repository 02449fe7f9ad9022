/** Buys vectors for texts, one call a batch. */
import { Context, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../src/domain/Vector.ts"

export interface Embedded {
  /** In the order of the texts; each of the model's dimensions, finite and not zero. */
  readonly vectors: ReadonlyArray<Float32Array>
  /** As the provider counted and billed them. */
  readonly tokens: number
  readonly requestId: string
}

export class Embedder extends Context.Service<Embedder, {
  readonly model: EmbeddingModel
  /** One call, no retry inside. The caller keeps to `src/policy/limits.ts`; an answer that is no set of vectors is an error. */
  readonly embed: (texts: ReadonlyArray<string>) => Effect.Effect<Embedded, ServiceError>
  /** Embeds a word of our own, to tell whether the service is well apart from any document: it costs a token. */
  readonly probe: Effect.Effect<Pick<Embedded, "tokens" | "requestId">, ServiceError>
}>()("accessa/services/Embedder") {}
