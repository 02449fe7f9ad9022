/** Documents that an operator uploads, and where they end. */
import { readFileSync } from "node:fs"

const policy = readFileSync("examples/documents/home-policy.pdf")
/** A document with bytes of its own: equal ones would be one job. */
export const named = (name: string) => ({
  name,
  mimeType: "application/pdf",
  buffer: Buffer.concat([policy, Buffer.from(`\n% ${name}`)])
})

/** On the page of a job or document that is complete. */
export const whereDone = "main h1:text('Complete'), .verdict .lead:text-matches('^Complete after')"
