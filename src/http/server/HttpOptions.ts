/** What the API is told by whoever starts it. */
import { Context, type Redacted } from "effect"
import type { ChunkerId } from "../../domain/Chunk.ts"
import type { TrustedProxies } from "../../domain/TrustedProxies.ts"
import type { Bounds } from "../../policy/bounds.ts"
import type { Rates } from "../../policy/rates.ts"

export class HttpOptions extends Context.Service<HttpOptions, {
  readonly maxUploadBytes: number
  readonly chunker: ChunkerId
  /** Where callers reach the API. */
  readonly publicUrl: URL
  /** Of the addresses that we give away, for callbacks and uploads: the first signs them, all verify them. */
  readonly webhookSecrets: ReadonlyArray<Redacted.Redacted>
  readonly rates: Rates
  /** Who may say for whom a request comes. */
  readonly trustedProxies: TrustedProxies
  readonly bounds: Bounds
}>()("accessa/http/HttpOptions") {}
