/** How a server that speaks S3's protocol fails, and what that means for a job. */
import { type _Error, S3ServiceException } from "@aws-sdk/client-s3"
import { Data } from "effect"
import {
  PermanentError,
  RecoverableError,
  type ServiceError,
  TransientError
} from "../../../src/domain/ServiceError.ts"
import { cutSentence, endSentence } from "../../../src/domain/text.ts"

export class S3Fault extends Data.TaggedError("S3Fault")<{
  readonly kind: "status" | "connection" | "timeout" | "credentials" | "unreadable" | "refused"
  /** 0 if there was no answer. */
  readonly status: number
  readonly code: string
  readonly said: string
}> {
  get isMissing(): boolean {
    return this.code === "NoSuchKey" || this.code === "NotFound"
  }
  /** The object exists, or is being written by another request. */
  get isTaken(): boolean {
    return this.status === 412 || this.code === "ConditionalRequestConflict"
  }
  /** Of credentials that expire, such as a role's. */
  get isExpired(): boolean {
    return this.code === "ExpiredToken" || this.code === "ExpiredTokenException"
  }
}

export const faultOf = (error: unknown): S3Fault => {
  if (error instanceof S3ServiceException && error.$response !== undefined) {
    // The client's own word for an empty message.
    const said = error.message === "UnknownError" ? "" : error.message
    const { statusCode } = error.$response
    return new S3Fault({ kind: "status", status: statusCode, code: error.name, said: cutSentence(said) })
  }
  const noAnswer = { status: 0, said: "" }
  if (error instanceof Error && error.name === "CredentialsProviderError") {
    return new S3Fault({ ...noAnswer, kind: "credentials", code: "", said: cutSentence(error.message) })
  }
  return new S3Fault({ ...noAnswer, kind: "connection", code: systemCode(error) ?? "no reason known" })
}

export const timeoutFault = () => new S3Fault({ kind: "timeout", status: 0, code: "", said: "" })
export const unreadableFault = () => new S3Fault({ kind: "unreadable", status: 0, code: "", said: "" })
/** The server does not do what the documents need. */
export const refusedFault = (said: string) => new S3Fault({ kind: "refused", status: 0, code: "", said })
/** Why an object was not removed. */
export const leftFault = ({ Code = "", Message = "" }: _Error) =>
  new S3Fault({ kind: "status", status: 200, code: Code, said: cutSentence(Message) })
export const noBucketFault = () => new S3Fault({ kind: "status", status: 404, code: "NoSuchBucket", said: "" })

/** `bucket`: for sentences about it. */
export const toServiceError = (bucket: string) => ({ code, kind, said, status }: S3Fault): ServiceError => {
  const dependency = "storage" as const
  const failed = (message: string) => new TransientError({ code: "STORAGE_FAILED", message, dependency })
  const away = (message: string) => new RecoverableError({ code: "STORAGE_UNAVAILABLE", message, dependency })
  const denied = (message: string) => new RecoverableError({ code: "STORAGE_DENIED", message, dependency })
  switch (kind) {
    case "connection":
      return away(`The connection to the object storage failed (${code}).`)
    case "timeout":
      return failed("The object storage did not answer in time.")
    case "unreadable":
      return failed("The object storage's response cannot be read.")
    case "credentials":
      return denied(`There are no credentials for the object storage: ${said}`)
    case "refused":
      return denied(said)
    case "status":
  }
  const answer = `The object storage answered ${status} ${code}${said === "" ? "." : `: ${endSentence(said)}`}`
  if (code === "NoSuchBucket") return away(`The bucket ${bucket} does not exist. Create it, or correct S3_BUCKET.`)
  if (status === 301 || code === "AuthorizationHeaderMalformed" || code === "IllegalLocationConstraintException") {
    return denied(`The bucket ${bucket} is not in the region S3_REGION. ${answer}`)
  }
  if (fullCodes.has(code) || status === 507) {
    return new RecoverableError({ code: "STORAGE_FULL", message: answer, dependency })
  }
  const advice = advices.get(code)
  if (advice !== undefined) return denied(`${answer} ${advice}`)
  if (status === 401 || status === 403 || code.startsWith("KMS.")) return denied(answer)
  if (code === "EntityTooLarge" || status === 413) {
    return new PermanentError({ code: "FILE_TOO_LARGE", message: answer, dependency })
  }
  if (status === 408 || status === 409 || status === 412 || status === 429 || transientCodes.has(code)) {
    return failed(answer)
  }
  if (status >= 500) return away(answer)
  return new PermanentError({ code: "INTERNAL", message: answer, dependency })
}

const renew =
  "Renew the session's credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN belong together."
/** Refusals of credentials, with what to correct. */
const advices = new Map([
  ["InvalidAccessKeyId", "Correct AWS_ACCESS_KEY_ID: the server does not know this key."],
  [
    "SignatureDoesNotMatch",
    "Correct AWS_SECRET_ACCESS_KEY: it does not belong to AWS_ACCESS_KEY_ID. If it does, a proxy before S3_ENDPOINT changes "
    + "the path or the Host header."
  ],
  ["AccessDenied", "Allow these credentials to use the bucket: docs/storage.md lists the permissions."],
  ["RequestTimeTooSkewed", "Set this machine's clock."],
  ["ExpiredToken", renew],
  ["ExpiredTokenException", renew],
  ["InvalidToken", renew],
  ["TokenRefreshRequired", renew]
])
/** Ceph's and MinIO's. */
const fullCodes = new Set(["QuotaExceeded", "XMinioStorageFull"])
/** Throttled, or damaged on the way; also an upload in parts that the server has forgotten. */
const transientCodes = new Set(["BadDigest", "NoSuchUpload", "RequestTimeout", "SlowDown", "XAmzContentSHA256Mismatch"])

/** Codes like `ECONNRESET`, which clients nest a cause or two deep. */
const systemCode = (error: unknown): string | undefined =>
  error instanceof Error
    ? ("code" in error && typeof error.code === "string" ? error.code : systemCode(error.cause))
    : undefined
