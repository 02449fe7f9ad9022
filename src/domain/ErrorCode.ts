/**
 * Every error code of the service, as one table: of failed jobs, of failed calls to a dependency, and of alerts. Retries,
 * circuits, the ledger, `explain` and the docs are made from it. A code is never renamed: callers act on it.
 */
import { Schema, Struct } from "effect"
import type { Dependency } from "./Dependency.ts"
import { localNames } from "./formats.ts"

/** transient: retry on schedule. permanent: the document or the request is at fault. recoverable: a dependency is out. */
export const ErrorClass = Schema.Literals(["transient", "permanent", "recoverable"])
export type ErrorClass = typeof ErrorClass.Type

/**
 * What a failed call does to the dependency's circuit. halts: no further call until a person has acted. counts: evidence that it
 * is out, which a probe confirms. rate: it is up, and no attempt is counted. none: no effect.
 */
export const CircuitEffect = Schema.Literals(["halts", "counts", "rate", "none"])
export type CircuitEffect = typeof CircuitEffect.Type

export interface CodeEntry {
  readonly class: ErrorClass
  /** The dependency that failed; null where the document, the request or this software is at fault. */
  readonly dependency: Dependency | null
  readonly circuit: CircuitEffect
  /** The provider may charge for the failed embeddings call: the ledger counts its tokens as lost. */
  readonly billed: boolean
  /** What it means, for any document. */
  readonly title: string
  /** What to do about it. */
  readonly help: string
}

const entry =
  (kind: ErrorClass, dependency: Dependency | null, circuit: CircuitEffect) =>
  (title: string, help: string): CodeEntry => ({
    class: kind,
    dependency,
    circuit,
    billed: false,
    title,
    help
  })

const permanent = entry("permanent", null, "none")
const transient = entry("transient", null, "none")
const recoverable = entry("recoverable", null, "none")
const codesAbout = (dependency: Dependency) => ({
  refuses: entry("permanent", dependency, "none"),
  fails: entry("transient", dependency, "counts"),
  limits: entry("transient", dependency, "rate"),
  isOut: entry("recoverable", dependency, "counts"),
  halts: entry("recoverable", dependency, "halts")
})
const parser = codesAbout("parser")
const embedder = codesAbout("embedder")
const storage = codesAbout("storage")
/** The database has no circuit, because it stores the circuits. */
const database = {
  fails: entry("transient", "database", "none"),
  isOut: entry("recoverable", "database", "none")
}
const billed = (one: CodeEntry): CodeEntry => ({ ...one, billed: true })

const retried = "It is retried automatically; if it keeps failing, check the provider's status and retry the job."
const slowed =
  "It is retried for up to OUTAGE_HOURS without counting attempts; if documents wait too long, ask the provider for a higher limit."
const resumed = "Nothing to do: parked jobs resume when it is back."
const reupload = "Upload the document again."

export const errorCodes = {
  EMPTY_FILE: permanent(
    "The file has no bytes.",
    "Check that the export that created the file has finished, and upload it again."
  ),
  FILE_TOO_LARGE: permanent("The file is larger than the upload limit.", "Split the document and upload its parts."),
  UNSUPPORTED_TYPE: permanent(
    "This type of file cannot be parsed.",
    `Convert it to one of ${localNames.join(", ")}.`
  ),
  TYPE_MISMATCH: permanent(
    "The file's content does not match its name.",
    "Export the document again in the format of its file extension."
  ),
  ENCRYPTED: permanent("The file is password-protected.", "Remove the password and upload the file again."),
  PARSE_CORRUPT: permanent(
    "The file is damaged.",
    "Open it in the program that created it, save a new copy and upload that."
  ),
  NO_TEXT: permanent("The document contains no text.", "Run OCR on the scan, or use a parser that does."),
  TOO_MANY_PAGES: permanent("The document has more pages than the limit.", "Split the document and upload its parts."),
  EXPANSION_LIMIT: permanent(
    "The file unpacks to far more than its size.",
    "Save a new copy of the document, without embedded archives."
  ),
  PARSE_TOO_COMPLEX: permanent(
    "Parsing the document exceeded the time or memory limit.",
    "Split or simplify the document, or use the hosted parser."
  ),
  TEXT_NOT_SANE: permanent(
    "The parsed text is not readable.",
    "Check the document's fonts and encoding, or run OCR on it."
  ),
  CHECKSUM_MISMATCH: permanent(
    "The bytes received are not the ones announced.",
    "Create a new upload and send the file again; check that it does not change meanwhile."
  ),
  RAW_MISSING: permanent("The uploaded file is no longer in storage.", reupload),
  RAW_CORRUPT: permanent("The stored file differs from the uploaded one.", reupload),
  PARSED_MISSING: permanent("The parsed text is no longer in storage.", "Retry the job: the document is parsed again."),
  PARSED_CORRUPT: permanent(
    "The stored text differs from the parsed one.",
    "Retry the job: the document is parsed again."
  ),
  PARSER_REJECTED: parser.refuses(
    "The parser refused the document.",
    "Read the parser's message; change the document or the parser's options."
  ),
  PARSER_FAILED: parser.fails("The parser failed.", retried),
  PARSER_TIMEOUT: parser.fails("The parser did not answer in time.", retried),
  PARSER_RATE_LIMITED: parser.limits("The parser is rate-limiting us.", slowed),
  PARSER_DEADLINE: parser.refuses(
    "The parser did not finish before the deadline.",
    "Retry the job, or contact the parser's support with the provider job id."
  ),
  PARSE_INCOMPLETE: permanent(
    "The parsed text lacks something that is in the document.",
    "Read what is missing in the job's `parse_report`. Parse the document with the other parser, or set COVERAGE_POLICY=warn."
  ),
  PARSER_FORGOTTEN: parser.refuses(
    "The parser no longer knows the parse, and its result was not collected.",
    "Retry the job: the document is submitted again."
  ),
  PARSER_CANCELLED: parser.refuses(
    "The parse was cancelled at the parser.",
    "Retry the job: the document is submitted again. If it was not cancelled there on purpose, ask the parser's support."
  ),
  PARSER_UNAVAILABLE: parser.isOut("The parser is unavailable.", resumed),
  PARSER_AUTH: parser.halts("The parser rejects our key.", "Set LLAMAPARSE_API_KEY to a valid key of this region."),
  PARSER_QUOTA: parser.halts("The parser account has no credits left.", "Top up the account; parked jobs then resume."),
  EMBED_INPUT_TOO_LONG: embedder.refuses(
    "A chunk is too long for the embedding model.",
    "Use another chunker and report the document."
  ),
  EMBED_REJECTED: embedder.refuses(
    "The embedding provider rejected the text.",
    "Read the provider's message about the chunk it names."
  ),
  EMBED_INVALID_RESPONSE: billed(
    embedder.fails("The embedding provider's response was incomplete or not a valid set of vectors.", retried)
  ),
  EMBED_DIM_MISMATCH: billed(embedder.refuses(
    "The model's vectors do not have the index's dimensions.",
    "Set EMBED_MODEL to a model with the index's dimensions."
  )),
  EMBED_FAILED: embedder.fails("The embedding provider failed.", retried),
  EMBED_TIMEOUT: billed(embedder.fails("The embedding provider did not answer in time.", retried)),
  EMBED_RATE_LIMITED: embedder.limits("The embedding provider is rate-limiting us.", slowed),
  EMBED_UNAVAILABLE: embedder.isOut("The embedding provider is unavailable.", resumed),
  EMBED_AUTH: embedder.halts(
    "The embedding provider rejects our key or model.",
    "Set OPENAI_API_KEY to a valid key and EMBED_MODEL to a model that key may use."
  ),
  EMBED_QUOTA: embedder.halts(
    "The embedding provider's budget is used up.",
    "Top up the account or raise its limit; parked jobs then resume."
  ),
  BUDGET_EXCEEDED: recoverable(
    "The month's budget for embedding is used up.",
    "Raise the budget (`accessa budgets set`), or wait for the next month; parked jobs then resume."
  ),
  SEARCH_TIMEOUT: transient(
    "The search took too long.",
    "Search within one document (`document_id`), or ask the operator to raise SEARCH_TIMEOUT_SECONDS."
  ),
  STORAGE_FAILED: storage.fails("The object storage failed.", retried),
  STORAGE_UNAVAILABLE: storage.isOut(
    "The object storage is unavailable.",
    "Parked jobs resume when it is back. If its bucket is missing, create it, or correct the setting that names it."
  ),
  STORAGE_DENIED: storage.halts(
    "The object storage denies access.",
    "Give this process access: check SUPABASE_SERVICE_ROLE_KEY, the credentials for S3_BUCKET, or the permissions on "
      + "ACCESSA_DATA_DIR."
  ),
  STORAGE_FULL: storage.halts(
    "The object storage is full.",
    "Free some space on the disk of ACCESSA_DATA_DIR, or raise the storage's quota; parked jobs then resume."
  ),
  DATABASE_FAILED: database.fails("The database failed to run a statement.", retried),
  DATABASE_UNAVAILABLE: database.isOut("The database cannot be reached.", "Bring Postgres back; jobs then resume."),
  VACUUM_HELD: database.isOut(
    "A transaction has been open for so long that the database cannot clean up.",
    "Find its process in pg_stat_activity and terminate it; until then tables and indexes keep growing."
  ),
  FOREIGN_GRANTS: database.isOut(
    "Other roles have been granted privileges on the service's tables or functions.",
    "Run `pnpm migrate` as the tables' owner to revoke them; see docs/tenancy.md."
  ),
  CALLBACKS_REFUSED: recoverable(
    "Many of the parser's callbacks were refused.",
    "Give the API and the workers the same WEBHOOK_SECRETS. If they already match, someone may be probing the endpoint. "
      + "Processing continues by polling."
  ),
  AUTH_UNAVAILABLE: recoverable(
    "The identity provider cannot be reached.",
    "API keys still work; tokens are accepted again when it is back."
  ),
  RECEIPT_MISMATCH: permanent(
    "What is stored does not match the plan.",
    "Retry the job; if it happens again, report it with the receipt."
  ),
  CANCELLED: permanent("The job was cancelled by its owner.", "Retry the job to continue where it stopped."),
  WORKER_CRASHED: permanent(
    "Too many workers in a row died while they held the document.",
    "Look at the workers' logs; split or simplify the document."
  ),
  INTERNAL: permanent("An unexpected error in this software.", "Report it with the correlation id.")
} satisfies Record<string, CodeEntry>

export type ErrorCode = keyof typeof errorCodes
export const ErrorCode = Schema.Literals(Struct.keys(errorCodes))

/** What an open circuit answers, and what a call that exceeds its deadline fails with. */
export const dependencyCodes: Readonly<
  Record<Dependency, { readonly unavailable: ErrorCode; readonly timeout: ErrorCode }>
> = {
  parser: { unavailable: "PARSER_UNAVAILABLE", timeout: "PARSER_TIMEOUT" },
  embedder: { unavailable: "EMBED_UNAVAILABLE", timeout: "EMBED_TIMEOUT" },
  storage: { unavailable: "STORAGE_UNAVAILABLE", timeout: "STORAGE_FAILED" },
  database: { unavailable: "DATABASE_UNAVAILABLE", timeout: "DATABASE_FAILED" }
}

export const codesOf = (dependency: Dependency): ReadonlyArray<ErrorCode> =>
  ErrorCode.literals.filter((code) => errorCodes[code].dependency === dependency)
