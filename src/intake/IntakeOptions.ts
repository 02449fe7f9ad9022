/** The configuration for accepting files. */
import { Context } from "effect"
import type { ChunkerId } from "../domain/Chunk.ts"

export class IntakeOptions extends Context.Service<IntakeOptions, {
  readonly maxUploadBytes: number
  /** Bytes that one user's files may take. */
  readonly quotaBytes: number
  readonly chunker: ChunkerId
}>()("accessa/intake/IntakeOptions") {}
