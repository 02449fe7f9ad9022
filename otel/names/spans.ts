/**
 * Every span by its name, with its meaning. `*` stands for one word, a word in braces for what it says. A test holds the code
 * against this table.
 */

export const spans = {
  // Requests
  "{method} {route}": "A request to the API, the monitor or a mock (server).",
  "{method}": "A call of a provider, the storage or the receiver of a webhook (client).",
  "http.authenticate": "The credential of a request is checked.",
  "http.matchDocuments": "A vector of the caller's own is compared with the user's vectors.",
  "http.search": "A search: its query is embedded and compared with the user's vectors.",
  "http.*.*": "The handler of a route, by its group and endpoint.",
  "intake.*": "A file is received, examined and stored, and becomes a document.",
  "send upload_jobs": "The document and its job are written: from here on a worker can claim it.",
  "process parse_callback":
    "A callback of the parser is recorded, in the trace of its job, with a link to the request that brought it.",
  // A job
  "process upload_jobs":
    "A worker runs a claimed job as far as possible. A job that waits, retries or changes workers has several.",
  "stage.*": "One attempt at a stage: parse, text or vectors.",
  "parse.*": "A step of the stage parse.",
  "text.*": "A step of the stage text.",
  "vectors.*": "A step of the stage vectors.",
  "EmbeddingBatches.embed":
    "The job waits for the vectors of some of its chunks, which may share a request with other jobs.",
  "EmbeddingBatches.buy": "One request for vectors: the ledger, the call, and its outcome.",
  "embeddings {model}": "The call of the embedding provider.",
  "DocumentParserLocal.*": "A call of the local parser.",
  "ParsePool.parse": "The local parser's thread reads the document.",
  "batch": "Work done for several jobs or requests at once; each of them has a link to it.",
  // Webhooks
  "process webhook_deliveries": "One attempt at a webhook delivery, in the trace of its job.",
  // Background work
  "inspection.*": "A process inspects its database, storage, providers and addresses at an admin's request.",
  "worker.*": "A worker's upkeep, where it finds something to do.",
  "alerts.*": "The monitor sends a notice about an alert.",
  "Heartbeat.*": "The monitor's heartbeat to an outside watcher.",
  "Probes.ask": "A dependency whose circuit is open is probed.",
  "MockLlamaParse.*": "The mock LlamaParse parses a document and calls back.",
  "parseScenario": "A mock reads its scenario.",
  "Database.*": "Statements that several ports share: moves of jobs, migrations, grants, the audit log's check.",
  "{port}.{operation}": "An operation of the port services/{port}.ts, which says what it promises.",
  // Libraries
  "{verb} {database}": "One SQL statement (client).",
  "sql.transaction": "A transaction."
} as const

const placeholders: Readonly<Record<string, string>> = {
  "*": "\\w+",
  "{method}": "[A-Z]+",
  "{route}": "\\S+",
  "{model}": "\\S+",
  "{verb}": "[A-Z]+",
  "{operation}": "\\w+",
  "{database}": "\\S+",
  "{port}": "[A-Z]\\w+"
}

/** The entry of the table for a span. */
export const entryFor = (span: string): keyof typeof spans | undefined => {
  if (isEntry(span)) return span
  return Object.keys(spans).filter(isEntry).find((entry) => {
    const pattern = entry.replace(/\./g, "\\.").replace(/\*|\{\w+\}/g, (found) => placeholders[found] ?? found)
    return new RegExp(`^${pattern}$`).test(span)
  })
}

const isEntry = (name: string): name is keyof typeof spans => name in spans
