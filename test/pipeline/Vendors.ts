/** The parser and the embedder of a test, whatever they are: how to make them fail, and what was bought of them. */
import { Context, type Effect } from "effect"

export interface EmbeddingFault {
  /** A word that one of the texts of a call has. */
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

/** What a rate limit asks to wait: longer than any retry of ours. */
export const retryAfterSeconds = 90
/** How long a slow call takes. */
export const slowMillis = 700

export class Vendors extends Context.Service<Vendors, {
  /** These faults and no others, each as often as it says. */
  readonly failNext: (faults: {
    /** Documents that the parser does not take. */
    readonly submits?: number
    /** The parser works on everything for a while, and its callbacks are lost, or come three times. */
    readonly callbacks?: "lost" | "repeated"
    readonly embeddings?: ReadonlyArray<EmbeddingFault>
  }) => Effect.Effect<void>
  readonly bought: Effect.Effect<Bought>
}>()("accessa/test/Vendors") {}
