/** Jobs as the API shows them, for tests that need one. */
import { DateTime } from "effect"
import type { JobView } from "../../../src/api/jobs.ts"
import { CorrelationId } from "../../../src/domain/Ids.ts"
import { anUpload, jobOf } from "../builders/jobInMemory.ts"

export const correlationId = CorrelationId.make("11111111-1111-4111-8111-111111111111")
export const at = DateTime.makeUnsafe("2026-05-01T12:00:00Z")

export const aJob = (fields: Partial<JobView> = {}): JobView => ({
  ...jobOf(anUpload({ correlationId, rawPath: "raw/x" }), at),
  warnings: [],
  errorCode: null,
  traceUrl: null,
  links: { self: "", events: "", explain: "", receipt: "", logs: "", cancel: "", retry: "", document: "", chunks: "" },
  ...fields
})

export const failedJob = (fields: Partial<JobView> = {}): JobView =>
  aJob({
    status: "failed_embedding",
    errorCode: "EMBED_DIM_MISMATCH",
    lastError: {
      code: "EMBED_DIM_MISMATCH",
      class: "permanent",
      message: "The provider returned 768 dimensions, the index wants 1536",
      help: "Set EMBED_MODEL to another model.",
      kept: "1,024 chunks.",
      atStatus: "embedding_in_progress"
    },
    ...fields
  })
