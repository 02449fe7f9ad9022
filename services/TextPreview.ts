/** Reads a document's text on this machine, whichever parser its job will use, to say in advance what it would cost. */
import { Context, type Effect, type Option } from "effect"
import type { DocumentToRead } from "../src/domain/DocumentToRead.ts"

export class TextPreview extends Context.Service<TextPreview, {
  /** Canonical Markdown; none if the text cannot be read, or not within a few seconds. */
  readonly read: (
    document: DocumentToRead
  ) => Effect.Effect<Option.Option<{ readonly markdown: string | Uint8Array; readonly pages: number }>>
}>()("accessa/services/TextPreview") {}
