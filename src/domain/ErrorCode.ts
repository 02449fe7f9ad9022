/**
 * Every way a document can fail, as a table: a stable code, the class that decides what happens next, and what a person can
 * do. The docs' error index and the API's problem bodies are made from it; a code is never renamed.
 */
import { Schema } from "effect"

/** transient: try again by schedule. permanent: the document or the request is at fault. recoverable: a service behind is out. */
export const ErrorClass = Schema.Literals(["transient", "permanent", "recoverable"])
export type ErrorClass = typeof ErrorClass.Type

interface CodeEntry {
  readonly class: ErrorClass
  /** What it means, for any document. */
  readonly title: string
  /** What to do about it. */
  readonly help: string
}

const permanent = (title: string, help: string): CodeEntry => ({ class: "permanent", title, help })
const transient = (title: string, help: string): CodeEntry => ({ class: "transient", title, help })
const recoverable = (title: string, help: string): CodeEntry => ({ class: "recoverable", title, help })

const retryLater = "It is tried again by itself; if it keeps failing, look at the provider's status and retry the job."
const reupload = "Upload the document again."

export const errorCodes = {
  EMPTY_FILE: permanent(
    "The file has no bytes.",
    "Upload the file again; check that the export that made it finished."
  ),
  FILE_TOO_LARGE: permanent("The file is larger than the upload limit.", "Split the document and upload its parts."),
  UNSUPPORTED_TYPE: permanent(
    "This type of file cannot be parsed.",
    "Convert it to PDF, DOCX, HTML, Markdown or plain text."
  ),
  TYPE_MISMATCH: permanent(
    "The file's bytes are not what its name says.",
    "Export the document again in the format its name promises."
  ),
  ENCRYPTED: permanent("The file is protected by a password.", "Remove the password and upload the file again."),
  PARSE_CORRUPT: permanent(
    "The file is damaged.",
    "Open it in the program that made it, save a fresh copy and upload that."
  ),
  NO_TEXT: permanent("No text could be found in the document.", "Run OCR over a scan, or use a parser that does."),
  TOO_MANY_PAGES: permanent("The document has more pages than the limit.", "Split the document and upload its parts."),
  EXPANSION_LIMIT: permanent(
    "The archive unpacks to far more than its size.",
    "Save the document afresh, without embedded archives."
  ),
  PARSE_TOO_COMPLEX: permanent(
    "Parsing took more time or memory than one document may.",
    "Split or simplify the document, or use the hosted parser."
  ),
  TEXT_NOT_SANE: permanent(
    "The parsed text is not readable text.",
    "Check the document's fonts and encoding, or run OCR over it."
  ),
  CHECKSUM_MISMATCH: permanent(
    "The bytes that came are not the ones that were announced.",
    "Make a new upload and send the file again; check that it does not change meanwhile."
  ),
  RAW_MISSING: permanent("The uploaded file is no longer in storage.", reupload),
  RAW_CORRUPT: permanent("The stored file is not the one that was uploaded.", reupload),
  PARSED_MISSING: permanent("The parsed text is no longer in storage.", "Retry the job: the document is parsed again."),
  PARSED_CORRUPT: permanent(
    "The stored text is not the one that was parsed.",
    "Retry the job: the document is parsed again."
  ),
  PARSER_REJECTED: permanent(
    "The parser refused the document.",
    "Read the parser's message; change the document or the parser's options."
  ),
  PARSER_FAILED: transient("The parser failed on its side.", retryLater),
  PARSER_TIMEOUT: transient("The parser did not answer in time.", retryLater),
  PARSER_RATE_LIMITED: transient("The parser limits our rate.", retryLater),
  PARSER_DEADLINE: permanent(
    "The parser did not finish before the deadline.",
    "Retry the job, or ask the parser's support about the provider job id."
  ),
  PARSER_FORGOTTEN: permanent(
    "The parser lost the parse before its result was collected.",
    "Retry the job: the document is handed over again."
  ),
  PARSER_UNAVAILABLE: recoverable("The parser is out of service.", "Nothing to do: parked jobs go on when it is back."),
  PARSER_AUTH: recoverable("The parser refuses our key.", "Set LLAMAPARSE_API_KEY to a valid key of this region."),
  PARSER_QUOTA: recoverable("The parser's credits are used up.", "Top up the account; parked jobs then go on."),
  EMBED_INPUT_TOO_LONG: permanent(
    "A chunk is longer than the embedding model takes.",
    "Use another chunker, and report the document."
  ),
  EMBED_REJECTED: permanent(
    "The embedding provider refused the text.",
    "Read the provider's message for the chunk that is named."
  ),
  EMBED_INVALID_RESPONSE: transient(
    "The embedding provider's answer broke off, or was no set of vectors.",
    retryLater
  ),
  EMBED_DIM_MISMATCH: permanent(
    "The model's vectors do not have the index's dimensions.",
    "Set EMBED_MODEL to a model with the index's dimensions."
  ),
  EMBED_FAILED: transient("The embedding provider failed on its side.", retryLater),
  EMBED_TIMEOUT: transient("The embedding provider did not answer in time.", retryLater),
  EMBED_RATE_LIMITED: transient("The embedding provider limits our rate.", retryLater),
  EMBED_UNAVAILABLE: recoverable(
    "The embedding provider is out of service.",
    "Nothing to do: parked jobs go on when it is back."
  ),
  EMBED_AUTH: recoverable(
    "The embedding provider refuses our key or model.",
    "Set OPENAI_API_KEY to a valid key, EMBED_MODEL to a model it may use."
  ),
  EMBED_QUOTA: recoverable(
    "The embedding provider's budget is used up.",
    "Top up the account or raise its limit; parked jobs then go on."
  ),
  BUDGET_EXCEEDED: recoverable(
    "The month's budget for embedding is used up.",
    "Raise the budget (`accessa budgets set`), or wait for the next month; parked jobs then go on."
  ),
  SEARCH_TIMEOUT: transient(
    "The search took longer than one may.",
    "Search within one document (`document_id`), or ask for a longer SEARCH_TIMEOUT_SECONDS."
  ),
  STORAGE_FAILED: transient("The object storage failed.", retryLater),
  STORAGE_UNAVAILABLE: recoverable(
    "The object storage is out of service.",
    "Nothing to do: parked jobs go on when it is back."
  ),
  STORAGE_DENIED: recoverable(
    "The object storage refuses us.",
    "Give this process access: SUPABASE_SERVICE_ROLE_KEY, or the rights on ACCESSA_DATA_DIR."
  ),
  STORAGE_FULL: recoverable(
    "The object storage has no room left.",
    "Free some space on the disk of ACCESSA_DATA_DIR, or raise the storage's quota; parked jobs then go on."
  ),
  DATABASE_FAILED: transient("The database did not take a statement.", retryLater),
  DATABASE_UNAVAILABLE: recoverable("The database is out of reach.", "Bring Postgres back; jobs then go on."),
  VACUUM_HELD: recoverable(
    "A transaction is open for so long that the database cannot clean up.",
    "Find its process in pg_stat_activity and end it: tables and indexes grow until then."
  ),
  FOREIGN_GRANTS: recoverable(
    "Roles that are not the service's have been granted rights to its tables or functions.",
    "Run `pnpm migrate` as the tables' owner, which takes the rights away; see docs/tenancy.md."
  ),
  CALLBACKS_REFUSED: recoverable(
    "Many of the parser's callbacks were turned away.",
    "Give the API and the workers the same WEBHOOK_SECRETS; otherwise somebody tries the door. Documents go on by polling."
  ),
  AUTH_UNAVAILABLE: recoverable(
    "The identity provider is out of reach.",
    "Nothing to do with an API key; tokens are checked again when it is back."
  ),
  RECEIPT_MISMATCH: permanent(
    "What is stored is not what the plan says.",
    "Retry the job; if it happens again, report it with the receipt."
  ),
  CANCELLED: permanent("The job was cancelled.", "Retry the job to go on where it stopped."),
  WORKER_CRASHED: permanent(
    "The document took its worker down three times.",
    "Look at the worker's log; split or simplify the document."
  ),
  INTERNAL: permanent("An unexpected error in this software.", "Report it with the correlation id.")
} as const satisfies Record<string, CodeEntry>

export type ErrorCode = keyof typeof errorCodes

const codes = Object.keys(errorCodes) as [ErrorCode, ...Array<ErrorCode>]
export const ErrorCode = Schema.Literals(codes)
