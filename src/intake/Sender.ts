/** On whose behalf a file is taken in, and what its rows remember of the request. */
import type { CorrelationId, UserId } from "../domain/Ids.ts"

export interface Sender {
  readonly userId: UserId
  readonly correlationId: CorrelationId
  /** The request's name in the rows it makes, however often it is begun again; null without an `Idempotency-Key`. */
  readonly requestId: string | null
  readonly traceparent: string | null
}
