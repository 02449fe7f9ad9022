/** How a server that speaks S3's protocol fails. */
import { type _Error, S3ServiceException } from "@aws-sdk/client-s3"
import { Data, Option, Schema } from "effect"
import { cutSentence } from "../../../src/domain/text.ts"
import { systemCode } from "../../shared/systemCode.ts"

/** What a call needs to be allowed. */
export type Permission =
  | "s3:AbortMultipartUpload"
  | "s3:DeleteObject"
  | "s3:GetObject"
  | "s3:ListBucket"
  | "s3:ListBucketMultipartUploads"
  | "s3:PutObject"

export class S3Fault extends Data.TaggedError("S3Fault")<{
  readonly kind: "status" | "connection" | "timeout" | "credentials" | "unreadable" | "refused"
  /** 0 if there was no answer. */
  readonly status: number
  readonly code: string
  readonly said: string
  /** Of the bucket, as Amazon tells callers of another one. */
  readonly region?: string | undefined
  /** Of the call that failed. */
  readonly permission?: Permission | undefined
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
  /** The answer has no code: it is to a HEAD, or not from a storage. */
  get isNameless(): boolean {
    return this.kind === "status" && (this.code === nameless || this.code === "NotFound")
  }
}

/** The client's own word. */
const nameless = "Unknown"

export const faultOf = (error: unknown, permission?: Permission): S3Fault => {
  const answer = Option.getOrUndefined(decodeAnswer(error))
  if (answer !== undefined) {
    const { headers, statusCode: status } = answer.$response
    const region = headers["x-amz-bucket-region"]
    // Its body could not be read: a page of a proxy or of another server.
    if (!(error instanceof S3ServiceException)) {
      return status < 300
        ? unreadableFault()
        : new S3Fault({ kind: "status", status, code: nameless, said: "", permission })
    }
    // The client's own word for an empty message.
    const said = error.message === "UnknownError" ? "" : error.message
    return new S3Fault({ kind: "status", status, code: error.name, said: cutSentence(said), region, permission })
  }
  const noAnswer = { status: 0, said: "" }
  if (error instanceof Error && error.name === "CredentialsProviderError") {
    return new S3Fault({ ...noAnswer, kind: "credentials", code: "", said: cutSentence(error.message) })
  }
  const late = error instanceof Error && error.name === "TimeoutError" ? "ETIMEDOUT" : undefined
  return new S3Fault({ ...noAnswer, kind: "connection", code: systemCode(error) ?? late ?? "no reason known" })
}

/** Also of errors of the client itself, which have an answer if they are about its body. */
const decodeAnswer = Schema.decodeUnknownOption(Schema.Struct({
  $response: Schema.Struct({
    statusCode: Schema.Int,
    headers: Schema.Record(Schema.String, Schema.UndefinedOr(Schema.String))
  })
}))

export const timeoutFault = () => new S3Fault({ kind: "timeout", status: 0, code: "", said: "" })
export const unreadableFault = () => new S3Fault({ kind: "unreadable", status: 0, code: "", said: "" })
/** The server does not do what the documents need. */
export const refusedFault = (said: string) => new S3Fault({ kind: "refused", status: 0, code: "", said })
/** Why an object was not removed. */
export const leftFault = ({ Code = "", Message = "" }: _Error) =>
  new S3Fault({
    kind: "status",
    status: 200,
    code: Code,
    said: Message === Code ? "" : cutSentence(Message),
    permission: "s3:DeleteObject"
  })
export const noBucketFault = () => new S3Fault({ kind: "status", status: 404, code: "NoSuchBucket", said: "" })
