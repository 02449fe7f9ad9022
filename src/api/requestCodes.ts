/**
 * The codes of refused requests, as one table beside that of failed documents (`errorCodes`): the CLI and the docs show it. A code
 * is never renamed: callers act on it.
 */
import { type ErrorCode, errorCodes } from "../domain/ErrorCode.ts"
import type * as Problem from "./Problem.ts"

/** `Unprocessable` and `Unavailable` only have codes of documents and dependencies. */
export type RequestCode = Exclude<
  | Problem.BadRequest["code"]
  | Problem.Unauthorized["code"]
  | Problem.Unauthenticated["code"]
  | Problem.Forbidden["code"]
  | Problem.NotFound["code"]
  | Problem.MethodNotAllowed["code"]
  | Problem.RequestTimeout["code"]
  | Problem.HeadersTooLarge["code"]
  | Problem.Conflict["code"]
  | Problem.Gone["code"]
  | Problem.KeyInFlight["code"]
  | Problem.TooLarge["code"]
  | Problem.UnsupportedMedia["code"]
  | Problem.KeyReused["code"]
  | Problem.TooManyRequests["code"]
  | Problem.Overloaded["code"]
  | Problem.OverQuota["code"],
  ErrorCode
>

export interface RequestCodeEntry {
  readonly title: string
  readonly help: string
}

export const requestCodes: Readonly<Record<RequestCode, RequestCodeEntry>> = {
  BAD_REQUEST: {
    title: "A value in the request is missing or invalid.",
    help: "Correct the named values and run the command again."
  },
  BAD_MULTIPART: {
    title: "The multipart form cannot be read.",
    help: "Send `multipart/form-data` with one part named `file` and text fields as described in `/docs`."
  },
  FILE_MISSING: {
    title: "The form contains no file.",
    help: "Send the document as a part named `file` with a file name."
  },
  METHOD_NOT_ALLOWED: {
    title: "The path does not have this method.",
    help: "Use one of the methods in the header `Allow`; see `/docs`."
  },
  REQUEST_TIMEOUT: {
    title: "The request did not arrive in time.",
    help: "Send the headers without delay, and the body within an hour."
  },
  HEADERS_TOO_LARGE: {
    title: "The request line and headers are larger than 16 KB.",
    help: "Send fewer or shorter headers and query parameters."
  },
  TOO_MANY_FILES: { title: "The form contains several files.", help: "Send each file in its own request." },
  WEBHOOK_URL_REFUSED: {
    title: "The webhook's URL is not allowed.",
    help: "Use an HTTPS address on the public internet."
  },
  SILENCE_WITHOUT_END: {
    title: "The silence has no end.",
    help: "Say until when, at most 30 days ahead, such as `accessa alerts silence ID --for 2h`."
  },
  BAD_SIGNATURE: {
    title: "The address is not signed, or its signature does not match.",
    help: "Use the signed address exactly as it was issued."
  },
  UNAUTHENTICATED: {
    title: "The request has no credential.",
    help: "Set ACCESSA_API_KEY to a key of this service. A local stack keeps its own key in its data "
      + "directory: run this in its folder, or set ACCESSA_DATA_DIR."
  },
  BAD_CREDENTIAL: {
    title: "The credential is unknown, revoked or expired.",
    help: "Set ACCESSA_API_KEY to a valid key: an admin can list them with `accessa keys list`. For a local stack, "
      + "unset it and run this in the stack's folder, or set ACCESSA_DATA_DIR."
  },
  ROLE_TOO_LOW: {
    title: "The caller's role does not allow this.",
    help: "Ask an admin for a key with that role: `accessa keys create --role ROLE`."
  },
  NOT_FOUND: { title: "There is no such route or resource.", help: "Check the method and the path against `/docs`." },
  JOB_NOT_FOUND: {
    title: "The caller has no such job.",
    help: "`accessa jobs list` shows your jobs. For another user's, operators add --user USER --reason TEXT."
  },
  DOCUMENT_NOT_FOUND: {
    title: "The caller has no such document.",
    help: "`accessa jobs list --json` shows your documents."
  },
  KEY_NOT_FOUND: { title: "There is no such API key.", help: "`accessa keys list` shows all keys." },
  WEBHOOK_NOT_FOUND: { title: "The caller has no such webhook.", help: "`accessa webhooks list` shows your webhooks." },
  DELIVERY_NOT_FOUND: {
    title: "The webhook has no such delivery.",
    help: "`accessa webhooks deliveries` shows a webhook's deliveries."
  },
  UPLOAD_NOT_FOUND: { title: "The caller has no such upload.", help: "Create a new upload." },
  ALERT_NOT_FOUND: { title: "There is no such alert.", help: "`accessa alerts list --all` shows the alerts." },
  RELEASE_NOT_FOUND: { title: "There is no such release.", help: "`GET /api/v1/releases` lists the releases." },
  DOCUMENT_ID_TAKEN: {
    title: "The document id is already in use.",
    help: "Leave the document's id to the server."
  },
  JOB_NOT_RETRYABLE: {
    title: "The job has not failed.",
    help: "Only a failed job can be retried; `accessa jobs explain` shows its status."
  },
  JOB_NOT_CANCELLABLE: { title: "The job has already ended.", help: "`accessa jobs show` says how it ended." },
  PROVIDER_IN_SERVICE: { title: "The provider's circuit is closed.", help: "There is nothing to reset." },
  WEBHOOK_INACTIVE: { title: "The webhook is not active.", help: "Enable the webhook first." },
  TOO_MANY_WEBHOOKS: {
    title: "The user has as many webhooks as allowed.",
    help: "Remove one that is no longer needed, or ask for a larger WEBHOOKS_PER_USER."
  },
  OWN_USER: {
    title: "The caller's own user cannot be erased.",
    help: "Use an admin's key that belongs to another user."
  },
  UPLOAD_MISSING: {
    title: "The upload's bytes have not been received.",
    help: "Send the file to the upload's address, then complete the upload."
  },
  UPLOAD_PRESENT: {
    title: "The upload's bytes have already been received.",
    help: "Complete the upload, or create a new one."
  },
  ALERT_NOT_OPEN: {
    title: "The alert's state does not allow this.",
    help: "Only an alert that fires can be acknowledged, and only one that has not ended can be silenced."
  },
  UPLOAD_EXPIRED: { title: "The upload has expired.", help: "Create a new upload." },
  IDEMPOTENCY_IN_FLIGHT: {
    title: "A request with the same Idempotency-Key is still running.",
    help: "Send the same request again for its answer."
  },
  IDEMPOTENCY_KEY_REUSED: {
    title: "The Idempotency-Key was used for another request.",
    help: "Use a new key for each request, and the same one only to repeat it."
  },
  BODY_TOO_LARGE: { title: "The request's body is larger than the limit.", help: "Send less at once." },
  RATE_LIMITED: { title: "The caller has sent too many requests.", help: "Send fewer requests per minute." },
  TOO_MANY_AT_ONCE: {
    title: "The caller has too many requests in progress.",
    help: "Send fewer requests at the same time."
  },
  TOO_MANY_OPEN_UPLOADS: {
    title: "The user has too many uploads that are not yet completed.",
    help: "Complete open uploads, or let them expire."
  },
  TOO_MANY_DELIVERIES: {
    title: "Too many of the webhook's deliveries are waiting.",
    help: "Check that the webhook's endpoint responds."
  },
  OVERLOADED: {
    title: "The service has as many requests in progress as it can serve.",
    help: "This limit is on the service as a whole, not on the caller."
  },
  STORAGE_QUOTA_EXCEEDED: {
    title: "The user's storage quota is used up.",
    help: "Delete documents that are no longer needed, or ask for a larger STORAGE_MB_PER_USER."
  }
}

const table: Readonly<Record<string, RequestCodeEntry>> = { ...requestCodes, ...errorCodes }

/** What to do about a code, of a request or a document; empty for one from a newer server. */
export const helpFor = (code: string): string => Object.hasOwn(table, code) ? table[code]?.help ?? "" : ""
