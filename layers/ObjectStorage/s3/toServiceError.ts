/** What a fault of the storage means for a job, and what to correct. */
import {
  PermanentError,
  RecoverableError,
  type ServiceError,
  TransientError
} from "../../../src/domain/ServiceError.ts"
import { endSentence } from "../../../src/domain/text.ts"
import { anotherServer, whyNoConnection } from "../whyNoConnection.ts"
import type { BucketOptions } from "./bucketClient.ts"
import type { S3Fault } from "./S3Fault.ts"

type Place = Pick<BucketOptions, "bucket" | "endpoint" | "forcePathStyle" | "region">

export const toServiceError = (place: Place) => (fault: S3Fault): ServiceError => {
  const { code, kind, permission, region, said, status } = fault
  const { bucket, endpoint } = place
  const dependency = "storage" as const
  const failed = (message: string) => new TransientError({ code: "STORAGE_FAILED", message, dependency })
  const away = (message: string) => new RecoverableError({ code: "STORAGE_UNAVAILABLE", message, dependency })
  const denied = (message: string) => new RecoverableError({ code: "STORAGE_DENIED", message, dependency })
  switch (kind) {
    case "connection":
      return code === "ERR_INVALID_CHAR"
        ? denied(unsendable)
        : away(`The connection to the object storage failed (${code}). ${noConnection(place, code)}`.trim())
    case "timeout":
      return failed("The object storage did not answer in time.")
    case "unreadable":
      return failed("The object storage's response cannot be read.")
    case "credentials":
      return denied(`There are no credentials for the object storage: ${endSentence(said)} ${giveSome}`)
    case "refused":
      return denied(said)
    case "status":
  }
  const named = fault.isNameless ? `${status}` : `${status} ${code}`
  const answer = `The object storage answered ${named}${said === "" ? "." : `: ${endSentence(said)}`}`
  if (code === "NoSuchBucket") {
    return away(`The bucket ${bucket} does not exist. Create it, or correct S3_BUCKET.${orEndpoint(place)}`)
  }
  if (
    regionCodes.has(code) || ((status === 301 || status === 400) && region !== undefined && region !== place.region)
  ) {
    return denied(
      `The bucket ${bucket} is not in the region S3_REGION${
        region === undefined ? "" : `, but in ${region}: correct it`
      }. ${answer}`
    )
  }
  if (fullCodes.has(code) || status === 507) {
    return new RecoverableError({ code: "STORAGE_FULL", message: answer, dependency })
  }
  if (code === "AccessDenied" || (fault.isNameless && status === 403)) {
    return denied(
      `${answer} Allow ${
        permission ?? "this"
      } to these credentials, in their policy or the bucket's: docs/storage.md lists all that they need.`
    )
  }
  const advice = advices.get(code)
  if (advice !== undefined) return denied(`${answer} ${advice}`)
  if (code.startsWith("KMS.")) {
    return denied(`${answer} Correct S3_KMS_KEY_ID, or allow these credentials to use that key.`)
  }
  if (status === 401 || status === 403) return denied(answer)
  if (code === "EntityTooLarge" || status === 413) {
    return new PermanentError({ code: "FILE_TOO_LARGE", message: answer, dependency })
  }
  if (status === 408 || status === 409 || status === 412 || status === 429 || transientCodes.has(code)) {
    return failed(answer)
  }
  if (status >= 500) return away(answer)
  if (fault.isNameless) return denied(`${answer} ${endpoint === undefined ? inBetween : anotherServer("S3_ENDPOINT")}`)
  return new PermanentError({ code: "INTERNAL", message: answer, dependency })
}

/** Unless it is part of the path, the bucket's name is put before the host. */
const noConnection = (place: Place, code: string): string => {
  const { endpoint, forcePathStyle } = place
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    if (endpoint === undefined) return "Amazon has no such host: correct S3_REGION."
    if (!forcePathStyle) {
      return repeatsBucket(place) ?
        notTwice :
        "The bucket's name followed by the host in S3_ENDPOINT has no address: set S3_FORCE_PATH_STYLE=true, or correct "
        + "S3_ENDPOINT."
    }
  }
  const advice = whyNoConnection(code, endpoint === undefined ? "Amazon's S3" : "S3_ENDPOINT")
  return code === "ERR_TLS_CERT_ALTNAME_INVALID" && !forcePathStyle
    ? `${advice} With S3_FORCE_PATH_STYLE=true the bucket's name is not part of it.`
    : advice
}

const orEndpoint = (place: Place): string => {
  const { endpoint, forcePathStyle } = place
  return endpoint === undefined
    ? ""
    : repeatsBucket(place)
    ? ` ${notTwice}`
    : endpoint.pathname !== "/"
    ? " The path in S3_ENDPOINT precedes the bucket's name: most servers have none."
    : forcePathStyle
    ? ""
    : " If it exists, set S3_FORCE_PATH_STYLE=true."
}

const repeatsBucket = ({ bucket, endpoint }: Place): boolean =>
  endpoint !== undefined &&
  (endpoint.hostname.startsWith(`${bucket}.`) || endpoint.pathname.split("/").includes(bucket))
const notTwice = "S3_ENDPOINT must not contain the bucket's name, which is added to it."

const inBetween = "That is not Amazon's: look for a proxy of this network that answers in its place."
const unsendable =
  "AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN has a character that no request can carry, such as a line break: "
  + "correct it."
const giveSome = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this process a role."
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
  ["RequestTimeTooSkewed", "Set this machine's clock."],
  ["ExpiredToken", renew],
  ["ExpiredTokenException", renew],
  ["InvalidToken", renew],
  ["TokenRefreshRequired", renew]
])
const regionCodes = new Set(["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"])
/** Ceph's and MinIO's. */
const fullCodes = new Set(["QuotaExceeded", "XMinioStorageFull"])
/** Throttled, or damaged on the way; also an upload in parts that the server has forgotten. */
const transientCodes = new Set(["BadDigest", "NoSuchUpload", "RequestTimeout", "SlowDown", "XAmzContentSHA256Mismatch"])
