/** A document's chunks as the API shows them: under one heading, the first on page 3 and the only one embedded. */
import { identify } from "../../../src/domain/Chunk.ts"
import type { DocumentId } from "../../../src/domain/Ids.ts"

export const chunksOf = (document: DocumentId, count: number) =>
  Array.from({ length: count }, (_, ordinal) => ({
    ...identify(document, "markdown-structure@1", ordinal, {
      text: `Chunk ${ordinal}.`,
      meta: { headings: ["Policy"], start: ordinal * 10, end: ordinal * 10 + 9, ...(ordinal === 0 ? { page: 3 } : {}) }
    }),
    embedded: ordinal === 0
  }))
