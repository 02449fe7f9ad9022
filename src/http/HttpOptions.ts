/** What the API is told by whoever starts it. */
import { Context, type Redacted } from "effect"
import type { ChunkerId } from "../domain/Chunk.ts"
import type { Rates } from "../policy/rates.ts"

export class HttpOptions extends Context.Service<HttpOptions, {
  readonly maxUploadBytes: number
  readonly chunker: ChunkerId
  /** Of the parser's callbacks: the first signs their address, all verify it. */
  readonly webhookSecrets: ReadonlyArray<Redacted.Redacted>
  readonly rates: Rates
}>()("accessa/http/HttpOptions") {}
