/** Buys vectors for texts, one call per batch. */
import { Context, type Effect } from "effect"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import type { EmbeddingModel } from "../src/domain/Vector.ts"

export interface Embedded {
  /** In the order of the texts; each has the model's dimensions and is finite and non-zero. */
  readonly vectors: ReadonlyArray<Float32Array>
  /** As the provider counted and billed them. */
  readonly tokens: number
  readonly requestId: string
}

export class Embedder extends Context.Service<Embedder, {
  readonly model: EmbeddingModel
  /**
   * One call without retries. The caller respects `src/policy/limits.ts`. A response that is not a valid set of vectors is
   * an error.
   */
  readonly embed: (texts: ReadonlyArray<string>) => Effect.Effect<Embedded, ServiceError>
  /** Embeds a fixed word, to check the service's health independently of any document. It costs one token. */
  readonly probe: Effect.Effect<Pick<Embedded, "tokens" | "requestId">, ServiceError>
}>()("accessa/services/Embedder") {}
