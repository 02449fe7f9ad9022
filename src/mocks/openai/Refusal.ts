/** OpenAI's errors as a table: status, code and body. */
import { Duration, Schema } from "effect"
import type { OpenAIStep } from "../scenarios/Scenario.ts"

export class Refusal extends Schema.TaggedError<Refusal>()("Refusal", {
  status: Schema.Int,
  type: Schema.NullOr(Schema.String),
  code: Schema.NullOr(Schema.String),
  param: Schema.NullOr(Schema.String),
  message: Schema.String,
  /** Absent if waiting does not help. */
  retryAfterMs: Schema.optionalKey(Schema.Finite)
}) {}

interface Row {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly message: string
}

const billing = "You exceeded your current quota, please check your plan and billing details."

/** The first row of a status is what it means without a code. */
const rows: ReadonlyArray<Row> = [
  {
    status: 400,
    type: "invalid_request_error",
    code: null,
    message: "Invalid 'input[0]': maximum input length is 8192 tokens."
  },
  {
    status: 400,
    type: "max_tokens_per_request",
    code: "max_tokens_per_request",
    message: "Requested 300001 tokens, max 300000 tokens per request"
  },
  {
    status: 401,
    type: "invalid_request_error",
    code: "invalid_api_key",
    message:
      "Incorrect API key provided: sk-…. You can find your API key at https://platform.openai.com/account/api-keys."
  },
  {
    status: 403,
    type: "request_forbidden",
    code: "unsupported_country_region_territory",
    message: "Country, region, or territory not supported"
  },
  {
    status: 403,
    type: "invalid_request_error",
    code: "model_not_found",
    message: "Project `proj_mock` does not have access to model `text-embedding-3-small`"
  },
  {
    status: 404,
    type: "invalid_request_error",
    code: "model_not_found",
    message: "The model does not exist or you do not have access to it."
  },
  { status: 413, type: "invalid_request_error", code: null, message: "The request body is too large." },
  {
    status: 429,
    type: "requests",
    code: "rate_limit_exceeded",
    message:
      "Rate limit reached for text-embedding-3-small in organization org-mock on requests per min (RPM). Please try again later."
  },
  {
    status: 429,
    type: "rate_limit_error",
    code: "slow_down",
    message: "Your traffic grew too fast. Please slow down."
  },
  { status: 429, type: "insufficient_quota", code: "insufficient_quota", message: billing },
  { status: 429, type: "insufficient_quota", code: "credit_balance_exhausted", message: billing },
  { status: 429, type: "insufficient_quota", code: "organization_spend_limit_exceeded", message: billing },
  { status: 429, type: "insufficient_quota", code: "project_spend_limit_exceeded", message: billing },
  { status: 429, type: "insufficient_quota", code: "organization_usage_limit_exceeded", message: billing },
  {
    status: 500,
    type: "server_error",
    code: null,
    message: "The server had an error while processing your request. Sorry about that!"
  },
  {
    status: 503,
    type: "service_unavailable_error",
    code: "server_is_overloaded",
    message: "The server is overloaded. Please try again later."
  }
]

const rowOf = (status: number, code: string | undefined): Row =>
  rows.find((row) => row.status === status && (code === undefined || row.code === code)) ?? {
    status,
    type: status < 500 ? "invalid_request_error" : "server_error",
    code: code ?? null,
    message: `The mock was told to answer ${status}.`
  }

export const refusalOf = (reply: NonNullable<OpenAIStep["reply"]>): Refusal => {
  const { code, message, status, type } = rowOf(reply.status, reply.code)
  return new Refusal({
    status,
    type,
    code,
    param: null,
    message: reply.message ?? message,
    ...(reply.retry_after === undefined ? {} : { retryAfterMs: Duration.toMillis(reply.retry_after) })
  })
}

/** An invalid request. */
export const invalid = (message: string, param: string | null = null, status = 400): Refusal =>
  new Refusal({ status, type: "invalid_request_error", code: null, param, message })
