/** The user for whom a file is accepted, and what its rows record of the request. */
import type { CorrelationId, UserId } from "../domain/Ids.ts"

export interface Sender {
  readonly userId: UserId
  readonly correlationId: CorrelationId
  /** The request's name in the rows it makes, however often it is repeated; null without an `Idempotency-Key`. */
  readonly requestId: string | null
  readonly traceparent: string | null
  /** When the request's credential was accepted, in milliseconds by this process's clock. */
  readonly sentAt: number
}
