/** The API's error answers: RFC 9457 problems, one class per status, distinguished by `code`. */
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { ErrorClass, ErrorCode } from "../domain/ErrorCode.ts"
import { RequestCorrelationId, RequestTraceUrl } from "./Correlation.ts"

const common = {
  detail: Schema.String,
  class: Schema.tag("permanent"),
  correlation_id: RequestCorrelationId,
  trace_url: RequestTraceUrl
}

/** Where in the request a value is wrong, as a JSON pointer whose first step is `params`, `query`, `headers` or `payload`. */
export const RequestFault = Schema.Struct({ pointer: Schema.String, detail: Schema.String })
export type RequestFault = typeof RequestFault.Type

export class BadRequest extends HttpApiError.Problem<BadRequest>()("BadRequest", {
  type: "urn:accessa:problem:bad-request",
  status: 400,
  title: "The request is malformed."
}, {
  ...common,
  code: Schema.Literals([
    "BAD_REQUEST",
    "BAD_MULTIPART",
    "FILE_MISSING",
    "TOO_MANY_FILES",
    "WEBHOOK_URL_REFUSED",
    "SILENCE_WITHOUT_END"
  ]),
  errors: Schema.Array(RequestFault)
}) {}

export class Unauthorized extends HttpApiError.Problem<Unauthorized>()("Unauthorized", {
  type: "urn:accessa:problem:unauthorized",
  status: 401,
  title: "The request is not authenticated."
}, { ...common, code: Schema.tag("BAD_SIGNATURE") }) {}

export class Unauthenticated extends HttpApiError.Problem<Unauthenticated>()("Unauthenticated", {
  type: "urn:accessa:problem:unauthenticated",
  status: 401,
  title: "The credential is not valid."
}, { ...common, code: Schema.Literals(["UNAUTHENTICATED", "BAD_CREDENTIAL"]) }) {}

export class Forbidden extends HttpApiError.Problem<Forbidden>()("Forbidden", {
  type: "urn:accessa:problem:forbidden",
  status: 403,
  title: "The caller's role does not allow this."
}, { ...common, code: Schema.tag("ROLE_TOO_LOW") }) {}

export class NotFound extends HttpApiError.Problem<NotFound>()("NotFound", {
  type: "urn:accessa:problem:not-found",
  status: 404,
  title: "Not found."
}, {
  ...common,
  code: Schema.Literals([
    "NOT_FOUND",
    "JOB_NOT_FOUND",
    "DOCUMENT_NOT_FOUND",
    "KEY_NOT_FOUND",
    "WEBHOOK_NOT_FOUND",
    "DELIVERY_NOT_FOUND",
    "UPLOAD_NOT_FOUND",
    "ALERT_NOT_FOUND",
    "RELEASE_NOT_FOUND"
  ])
}) {}

/** The path exists; the methods that it has are in `Allow`. */
export class MethodNotAllowed extends HttpApiError.Problem<MethodNotAllowed>()("MethodNotAllowed", {
  type: "urn:accessa:problem:method-not-allowed",
  status: 405,
  title: "The path does not have this method."
}, { ...common, code: Schema.tag("METHOD_NOT_ALLOWED") }) {}

export class RequestTimeout extends HttpApiError.Problem<RequestTimeout>()("RequestTimeout", {
  type: "urn:accessa:problem:request-timeout",
  status: 408,
  title: "The request did not arrive in time."
}, { ...common, code: Schema.tag("REQUEST_TIMEOUT") }) {}

export class Conflict extends HttpApiError.Problem<Conflict>()("Conflict", {
  type: "urn:accessa:problem:conflict",
  status: 409,
  title: "The current state does not allow this."
}, {
  ...common,
  code: Schema.Literals([
    "DOCUMENT_ID_TAKEN",
    "JOB_NOT_RETRYABLE",
    "JOB_NOT_CANCELLABLE",
    "PROVIDER_IN_SERVICE",
    "WEBHOOK_INACTIVE",
    "TOO_MANY_WEBHOOKS",
    "OWN_USER",
    "UPLOAD_MISSING",
    "UPLOAD_PRESENT",
    "ALERT_NOT_OPEN"
  ])
}) {}

export class Gone extends HttpApiError.Problem<Gone>()("Gone", {
  type: "urn:accessa:problem:gone",
  status: 410,
  title: "The upload has expired."
}, { ...common, code: Schema.tag("UPLOAD_EXPIRED") }) {}

/** The request that holds the same `Idempotency-Key` is still running. */
export class KeyInFlight extends HttpApiError.Problem<KeyInFlight>()("KeyInFlight", {
  type: "urn:accessa:problem:idempotency-in-flight",
  status: 409,
  title: "The same request is still in progress."
}, {
  ...common,
  code: Schema.tag("IDEMPOTENCY_IN_FLIGHT"),
  class: Schema.tag("transient"),
  retry_after_s: Schema.Int
}) {}

export class TooLarge extends HttpApiError.Problem<TooLarge>()("TooLarge", {
  type: "urn:accessa:problem:too-large",
  status: 413,
  title: "The request is larger than the limit."
}, { ...common, code: Schema.Literals(["FILE_TOO_LARGE", "BODY_TOO_LARGE"]) }) {}

export class HeadersTooLarge extends HttpApiError.Problem<HeadersTooLarge>()("HeadersTooLarge", {
  type: "urn:accessa:problem:headers-too-large",
  status: 431,
  title: "The headers are larger than the limit."
}, { ...common, code: Schema.tag("HEADERS_TOO_LARGE") }) {}

export class UnsupportedMedia extends HttpApiError.Problem<UnsupportedMedia>()("UnsupportedMedia", {
  type: "urn:accessa:problem:unsupported-media",
  status: 415,
  title: "This content type is not supported."
}, { ...common, code: Schema.Literals(["UNSUPPORTED_TYPE", "TYPE_MISMATCH"]) }) {}

export class Unprocessable extends HttpApiError.Problem<Unprocessable>()("Unprocessable", {
  type: "urn:accessa:problem:unprocessable",
  status: 422,
  title: "The content cannot be processed."
}, { ...common, code: ErrorCode }) {}

export class KeyReused extends HttpApiError.Problem<KeyReused>()("KeyReused", {
  type: "urn:accessa:problem:idempotency-key-reused",
  status: 422,
  title: "The Idempotency-Key was used for another request."
}, { ...common, code: Schema.tag("IDEMPOTENCY_KEY_REUSED") }) {}

/**
 * The caller exceeded a rate or concurrency limit: the same request may succeed after `retry_after_s`, also in
 * `Retry-After`.
 */
export class TooManyRequests extends HttpApiError.Problem<TooManyRequests>()("TooManyRequests", {
  type: "urn:accessa:problem:too-many-requests",
  status: 429,
  title: "Too many requests."
}, {
  ...common,
  code: Schema.Literals(["RATE_LIMITED", "TOO_MANY_AT_ONCE", "TOO_MANY_OPEN_UPLOADS", "TOO_MANY_DELIVERIES"]),
  class: Schema.tag("transient"),
  retry_after_s: Schema.Int
}) {}

/**
 * The service reached a total concurrency limit: the same request may succeed after `retry_after_s`, also in `Retry-After`.
 */
export class Overloaded extends HttpApiError.Problem<Overloaded>()("Overloaded", {
  type: "urn:accessa:problem:overloaded",
  status: 503,
  title: "The service is busy."
}, { ...common, code: Schema.tag("OVERLOADED"), class: Schema.tag("transient"), retry_after_s: Schema.Int }) {}

/** The user's storage quota is used up. Only deleting files helps, so an early retry is pointless. */
export class OverQuota extends HttpApiError.Problem<OverQuota>()("OverQuota", {
  type: "urn:accessa:problem:over-quota",
  status: 429,
  title: "The user's storage quota is used up."
}, { ...common, code: Schema.tag("STORAGE_QUOTA_EXCEEDED"), retry_after_s: Schema.Int }) {}

/** The month's budget does not cover this request: it may after `retry_after_s`, also in `Retry-After`. */
export class OverBudget extends HttpApiError.Problem<OverBudget>()("OverBudget", {
  type: "urn:accessa:problem:over-budget",
  status: 429,
  title: "The budget is used up."
}, { ...common, code: Schema.tag("BUDGET_EXCEEDED"), class: Schema.tag("recoverable"), retry_after_s: Schema.Int }) {}

/**
 * A service that the API needs is unavailable or busy: the same request may succeed after `retry_after_s`, also in
 * `Retry-After`.
 */
export class Unavailable extends HttpApiError.Problem<Unavailable>()("Unavailable", {
  type: "urn:accessa:problem:unavailable",
  status: 503,
  title: "A required service is not available."
}, { ...common, code: ErrorCode, class: ErrorClass, retry_after_s: Schema.Int }) {}

export class Internal extends HttpApiError.Problem<Internal>()("Internal", {
  type: "urn:accessa:problem:internal",
  status: 500,
  title: "Internal error."
}, { ...common, code: Schema.tag("INTERNAL") }) {}
