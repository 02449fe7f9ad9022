/** Documents in memory with the files that are attached to them. */
import type { Document } from "../../services/Documents.ts"
import type { DocumentId } from "../../src/domain/Ids.ts"
import type { Entry, Pipeline } from "./Pipeline.ts"

/** At any depth. */
export const attachedTo = (entries: Iterable<Entry>, id: DocumentId): ReadonlyArray<Entry> =>
  [...entries].filter(({ document }) => document.parentDocumentId === id)
    .flatMap((entry) => [entry, ...attachedTo(entries, entry.document.documentId)])

export const toDocument = ({ entries }: Pipeline["Service"], { document, job }: Entry): Document => ({
  ...document,
  parsedPath: null,
  attachments: [...entries.values()].filter((each) => each.document.parentDocumentId === document.documentId)
    .map(({ job: { documentId, filename, jobId, status } }) => ({ documentId, jobId, filename, status })),
  createdAt: job.createdAt,
  job
})
