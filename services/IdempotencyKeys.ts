/** Requests that name themselves by a key: each is carried out once, and answered with the same answer when it is repeated. */
import { Context, type Duration, type Effect } from "effect"
import type { UserId } from "../src/domain/Ids.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface StoredAnswer {
  /** Of the request: a repetition has the same. */
  readonly fingerprint: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Of the document that it tells of: with that the answer goes. */
  readonly documentId: string | null
}

/** A key of one user, and the request that holds it. */
export interface Hold {
  readonly user: UserId
  readonly key: string
  readonly holder: string
}

export type Claim =
  /** `requestId` is the same in every attempt at the request, until it is answered. */
  | { readonly _tag: "Claimed"; readonly requestId: string }
  /** Another request holds the key, for so long at least. */
  | { readonly _tag: "InFlight"; readonly patience: Duration.Duration }
  | { readonly _tag: "Answered"; readonly answer: Omit<StoredAnswer, "documentId"> }
  /** It was, and the document that it tells of is deleted. */
  | { readonly _tag: "Gone" }

export class IdempotencyKeys extends Context.Service<IdempotencyKeys, {
  /** Takes the key, if nobody has used it within its time or its holder has fallen silent. */
  readonly claim: (hold: Hold) => Effect.Effect<Claim, ServiceError>
  /** The holder is still at work. */
  readonly renew: (hold: Hold) => Effect.Effect<void, ServiceError>
  /** Keeps the answer, unless somebody else has taken the key or its document was deleted meanwhile. */
  readonly record: (hold: Hold, answer: StoredAnswer) => Effect.Effect<void, ServiceError>
  /** Gives the key back without an answer; whether anything came of the request may be unknown. */
  readonly release: (hold: Hold) => Effect.Effect<void, ServiceError>
}>()("accessa/services/IdempotencyKeys") {}
