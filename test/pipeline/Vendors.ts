/** A test's parser and embedder, of any kind: how to make them fail, and what was bought from them. */
import { Context, type Effect } from "effect"

export interface EmbeddingFault {
  /** A word in one of a call's texts. */
  readonly word: string
  readonly times: number
  readonly as: "rate limited" | "wrong dimensions" | "refused" | "denied" | "slow"
}

export interface Bought {
  /** Calls that were answered with vectors. */
  readonly calls: number
  readonly vectors: number
  readonly tokens: number
}

/** The wait that a rate limit requests: longer than any retry of ours. */
export const retryAfterSeconds = 90
/** How long a slow call takes. */
export const slowMillis = 700

export class Vendors extends Context.Service<Vendors, {
  /** Exactly these faults, each as often as stated. */
  readonly failNext: (faults: {
    /** Documents that the parser refuses. */
    readonly submits?: number
    /** The parser takes a while for each document, and its callbacks are lost, or arrive three times. */
    readonly callbacks?: "lost" | "repeated"
    readonly embeddings?: ReadonlyArray<EmbeddingFault>
  }) => Effect.Effect<void>
  readonly bought: Effect.Effect<Bought>
}>()("accessa/test/Vendors") {}
