/** Examples of what most callers send and receive, by schema. */
import { isObject, type JsonObject } from "./json.ts"

const ids = {
  job: "7f2c3a84-51de-4b7a-9c1e-2b9f0d6c8e11",
  document: "0b2f8c1e-6c1d-4a53-9d3e-0d2a6f1c7b45",
  chunk: "b0a2c9c4-1f0b-5aa8-9f0a-1a7c2e6f2b42",
  correlation: "219e4c41-8a35-4f6e-bb61-8f0a9c7d2e10"
}
const hit = {
  chunk_id: ids.chunk,
  ordinal: 3,
  text: "Water damage from burst pipes is covered up to 20,000 EUR.",
  headings: ["Home insurance", "What is covered"],
  page: 4,
  document_id: ids.document,
  filename: "policy.pdf",
  score: 0.83
}

export const examples: Readonly<Record<string, JsonObject>> = {
  SearchRequest: { query: "Is water damage covered?", limit: 5 },
  SearchResult: { hits: [hit] },
  NewUpload: { filename: "policy.pdf", bytes: 48_213, media_type: "application/pdf", metadata: { policy: "home" } },
  NewKey: { name: "the nightly import", role: "user" },
  NewWebhook: { url: "https://example.com/hooks/accessa", events: ["job.complete", "job.failed"] },
  BulkChange: { filter: "status:failed_parse age:<1d", dry_run: true },
  BadRequest: {
    type: "urn:accessa:problem:bad-request",
    title: "The request is malformed.",
    status: 400,
    detail: "The request contains invalid values.",
    code: "BAD_REQUEST",
    class: "permanent",
    correlation_id: ids.correlation,
    errors: [{ pointer: "/query/statuss", detail: "Unknown. Did you mean status?" }]
  },
  NotFound: {
    type: "urn:accessa:problem:not-found",
    title: "Not found.",
    status: 404,
    detail: `There is no job ${ids.job}.`,
    code: "JOB_NOT_FOUND",
    class: "permanent",
    correlation_id: ids.correlation
  },
  TooManyRequests: {
    type: "urn:accessa:problem:too-many-requests",
    title: "Too many requests.",
    status: 429,
    detail: "This user's limit is 300 such requests in 1m. Try again in 1 s.",
    code: "RATE_LIMITED",
    class: "transient",
    correlation_id: ids.correlation,
    retry_after_s: 1
  }
}

export const withExamples = (description: JsonObject): JsonObject => {
  const components = isObject(description["components"]) ? description["components"] : {}
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {}
  const shown = Object.entries(schemas).map(([name, schema]) => {
    const example = examples[name]
    return [name, isObject(schema) && example !== undefined ? { ...schema, examples: [example] } : schema]
  })
  return { ...description, components: { ...components, schemas: Object.fromEntries(shown) } }
}
