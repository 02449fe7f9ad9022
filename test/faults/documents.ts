/** Documents for the cases: Markdown made from a seed, accepted as the API accepts an upload. */
import { Effect } from "effect"
import type { NewDocument } from "../../services/Documents.ts"
import { upload } from "../support/databases/stores.ts"

/** About one chunk per section; every tenth repeats the one before it unless all must differ. */
export const longText = (sections: number, seed: number): string =>
  Array.from({ length: sections }, (_, n) => {
    const part = `${seed}-${n % 10 === 9 ? n - 1 : n}`
    return `## Clause ${part}\n\n` + `Clause ${part} covers damage number ${part} to the insured building. `.repeat(9)
  }).join("\n\n")

/** A document that a worker completes quickly. */
export const smallText = (seed: number, n = 0): string =>
  `# Letter ${seed}-${n}\n\nThe policy ${seed}-${n} covers water damage in the cellar.\n\n## Limits\n\nUp to ${
    n + 1
  },000 dollars.`

export const accept = Effect.fnUntraced(function*(text: string, fields: Partial<NewDocument> = {}) {
  const job = yield* upload(text, fields)
  return job === undefined
    ? yield* Effect.die(new Error("the document was not accepted"))
    : { job_id: job.jobId, document_id: job.documentId }
})
