/**
 * A scenario: which faults the mocks produce, in which order. `docs/mocks.md` documents the vocabulary. Each mock's steps
 * are a union discriminated by `on`.
 */
import { Duration, Schema, SchemaTransformation } from "effect"

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

const toDuration = (text: string): Duration.Duration => {
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? []
  const scale = unit === "ms" || unit === "s" || unit === "m" || unit === "h" ? units[unit] : 0
  return Duration.millis(Number(amount ?? 0) * scale)
}

/** `250ms`, `1.5s`, `2m`, `1h`. */
const TimeSpan = Schema.String.check(
  Schema.isPattern(/^\d+(\.\d+)?(ms|s|m|h)$/, { message: "Expected a time such as 250ms, 5s or 2m" })
).pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transform({ decode: toDuration, encode: (value) => `${Duration.toMillis(value)}ms` })
  )
)

const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))

const Status = Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 }))

/** How a job can fail, with the vendor's codes; the last two are temporary. */
export const ParseFailure = Schema.Literals([
  "UNSUPPORTED_FILE_TYPE",
  "PDF_IS_PROTECTED",
  "PDF_IS_BROKEN",
  "NO_DATA_FOUND_IN_FILE",
  "DOCUMENT_TOO_LARGE",
  "TOO_MANY_PAGES",
  "INVALID_TIER_VERSION_COMBINATION",
  "TIMEOUT",
  "INTERNAL_ERROR"
])
export type ParseFailure = typeof ParseFailure.Type

/** `*` in a pattern matches any text. */
const ofJob = {
  filename: Schema.optionalKey(Schema.String),
  document_id: Schema.optionalKey(Schema.String)
}
const times = Schema.optionalKey(Count)

export const LlamaParseCallStep = Schema.Struct({
  on: Schema.Literals(["create", "get", "file", "list", "cancel"]),
  match: Schema.optionalKey(Schema.Struct(ofJob)),
  times,
  /** Before anything else happens. */
  delay: Schema.optionalKey(TimeSpan),
  /** Instead of carrying out the call. */
  reply: Schema.optionalKey(Schema.Struct({ status: Status, message: Schema.optionalKey(Schema.String) })),
  /** The call is carried out, but the connection breaks before the caller gets the response. */
  lose_reply: Schema.optionalKey(Schema.Boolean)
})
export type LlamaParseCallStep = typeof LlamaParseCallStep.Type

/** A page, or a part of it. */
export const Drop = Schema.Struct({
  page: Count,
  /** The second half of its lines. */
  half: Schema.optionalKey(Schema.Boolean),
  /** The lines that contain this. */
  line: Schema.optionalKey(Schema.String),
  /** This text alone. */
  text: Schema.optionalKey(Schema.String)
})
export type Drop = typeof Drop.Type

export const JobStep = Schema.Struct({
  on: Schema.Literal("job"),
  match: Schema.optionalKey(Schema.Struct(ofJob)),
  times,
  /** Instead of the mock's own. */
  delay: Schema.optionalKey(TimeSpan),
  fail: Schema.optionalKey(ParseFailure),
  /** The job completes, but these pages say `success: false`. */
  failed_pages: Schema.optionalKey(Schema.Array(Count)),
  /** The job completes with pages without text. */
  empty: Schema.optionalKey(Schema.Boolean),
  /** The job completes as if nothing were missing. */
  drop: Schema.optionalKey(Drop)
})
export type JobStep = typeof JobStep.Type

export const WebhookStep = Schema.Struct({
  on: Schema.Literal("webhook"),
  match: Schema.optionalKey(Schema.Struct({ ...ofJob, event: Schema.optionalKey(Schema.String) })),
  times,
  deliver: Schema.Struct({
    drop: Schema.optionalKey(Schema.Boolean),
    /** The same event, this many times at once. */
    times,
    delay: Schema.optionalKey(TimeSpan),
    wrong_signature: Schema.optionalKey(Schema.Boolean),
    string_format: Schema.optionalKey(Schema.Boolean),
    /** The callback arrives this long before the result is available. */
    before_result: Schema.optionalKey(TimeSpan)
  })
})
export type WebhookStep = typeof WebhookStep.Type

export const Garbage = Schema.Literals([
  "wrong_dimensions",
  "fewer_vectors",
  "shuffled",
  "nan",
  "zero",
  "html",
  "reset_mid_body",
  "slow"
])
export type Garbage = typeof Garbage.Type

export const OpenAIStep = Schema.Struct({
  on: Schema.Literals(["embeddings", "models"]),
  match: Schema.optionalKey(Schema.Struct({ text: Schema.String })),
  times,
  delay: Schema.optionalKey(TimeSpan),
  reply: Schema.optionalKey(Schema.Struct({
    status: Status,
    code: Schema.optionalKey(Schema.String),
    message: Schema.optionalKey(Schema.String),
    retry_after: Schema.optionalKey(TimeSpan)
  })),
  garbage: Schema.optionalKey(Garbage)
})
export type OpenAIStep = typeof OpenAIStep.Type

const LlamaParseStep = Schema.Union([LlamaParseCallStep, JobStep, WebhookStep])
type LlamaParseStep = typeof LlamaParseStep.Type

export const Scenario = Schema.Struct({
  name: Schema.String,
  llamaparse: Schema.optionalKey(Schema.Array(LlamaParseStep)),
  openai: Schema.optionalKey(Schema.Array(OpenAIStep))
})
export type Scenario = typeof Scenario.Type
