/**
 * Finds what a parser lost. A document's inventory lists what its bytes hold (lines of text, form values, scanned pages,
 * attachments), read without the parser; it is compared with the parsed text.
 */
import { Context, type Effect, type Stream } from "effect"
import type { Attached } from "../src/domain/Attachment.ts"
import type { Comparison } from "../src/domain/coverage/Coverage.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface Source {
  readonly mediaType: string
  readonly content: Stream.Stream<Uint8Array, ServiceError>
}

export class Inventory extends Context.Service<Inventory, {
  /** Whether there is an inventory for this type of file; for others, nothing is read. */
  readonly covers: (mediaType: string) => boolean
  /** Unknown, with the reason, if the source cannot be read within the limits of time and memory. */
  readonly compare: (
    source: Source,
    markdown: Stream.Stream<Uint8Array, ServiceError>
  ) => Effect.Effect<Comparison, ServiceError>
  /** The first files attached to a mail. */
  readonly attachments: (mail: Source, most: number) => Effect.Effect<Attached, ServiceError>
}>()("accessa/services/Inventory") {}
