/** What the API is told by whoever starts it. */
import { Context } from "effect"
import type { ChunkerId } from "../domain/Chunk.ts"
import type { UserId } from "../domain/Ids.ts"

export class HttpOptions extends Context.Service<HttpOptions, {
  /** The owner of everything, while there is no authentication. */
  readonly user: UserId
  readonly maxUploadBytes: number
  readonly chunker: ChunkerId
}>()("accessa/http/HttpOptions") {}
