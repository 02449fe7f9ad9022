/**
 * The name of a request with an `Idempotency-Key` in the rows it makes, however often it is repeated; null without a key.
 */
import { Context } from "effect"

export class RequestId
  extends Context.Reference<string | null>("accessa/http/RequestId", { defaultValue: () => null })
{}
