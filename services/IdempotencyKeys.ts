/** Requests with an `Idempotency-Key`: each is carried out once; repetitions get the same answer. */
import { Context, type Duration, type Effect } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface StoredAnswer {
  /** Fingerprint of the request; a repetition has the same. */
  readonly fingerprint: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The document the answer is about; deleting it deletes the answer. */
  readonly documentId: string | null
}

/** One user's key and the request that holds it. */
export interface Hold {
  readonly user: UserId
  readonly key: string
  readonly holder: string
}

export type Claim =
  /** `requestId` is the same in every attempt at the request, until it is answered. */
  | { readonly _tag: "Claimed"; readonly requestId: string }
  /** Another request holds the key, at least for this long. */
  | { readonly _tag: "InFlight"; readonly patience: Duration.Duration }
  | { readonly _tag: "Answered"; readonly answer: Omit<StoredAnswer, "documentId"> }
  /** The request was answered, but its document has since been deleted. */
  | { readonly _tag: "Gone" }

export class IdempotencyKeys extends Context.Service<IdempotencyKeys, {
  /** Acquires the key if it is unused or expired, or if its holder has gone silent. */
  readonly claim: (hold: Hold) => Effect.Effect<Claim, ServiceError>
  /** Keeps the key held while the request runs. */
  readonly renew: (hold: Hold) => Effect.Effect<void, ServiceError>
  /** Stores the answer, unless another request has taken the key or the document was deleted meanwhile. */
  readonly record: (hold: Hold, answer: StoredAnswer) => Effect.Effect<void, ServiceError>
  /** Releases the key without an answer; the request may or may not have had an effect. */
  readonly release: (hold: Hold) => Effect.Effect<void, ServiceError>
}>()("accessa/services/IdempotencyKeys") {}
