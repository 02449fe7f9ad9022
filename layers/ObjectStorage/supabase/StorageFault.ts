/**
 * How Supabase Storage fails, and what that means for a job. Nearly every error has HTTP status 400: the real one is
 * `statusCode` in the body, with a stable `code` in newer versions.
 */
import { Data, Option, Schema } from "effect"
import {
  PermanentError,
  RecoverableError,
  type ServiceError,
  TransientError
} from "../../../src/domain/ServiceError.ts"
import { cutSentence, endSentence } from "../../../src/domain/text.ts"
import { systemCode } from "../../shared/systemCode.ts"
import { anotherServer, whyNoConnection } from "../whyNoConnection.ts"

export class StorageFault extends Data.TaggedError("StorageFault")<{
  readonly kind: "status" | "connection" | "timeout" | "unreadable"
  /** 0 if there was no answer. */
  readonly status: number
  readonly code: string
  readonly said: string
}> {
  /** No such object; also returned to a key without permissions. */
  get isMissing(): boolean {
    return this.code === "NoSuchKey" || (this.code === "" && this.status === 404)
  }
  get isTaken(): boolean {
    return this.status === 409
  }
}

export const faultOf = (status: number, body: string): StorageFault => {
  const error = Option.getOrUndefined(decodeError(body))
  const stated = Number(error?.statusCode)
  return new StorageFault({
    kind: "status",
    status: status === 400 && Number.isInteger(stated) ? stated : status,
    code: cutSentence(error?.code ?? ""),
    said: cutSentence(error?.message ?? "")
  })
}

/** Only the error's own fields: an HTTP client's error also contains the request and our key. */
export const connectionFault = (error: unknown): StorageFault =>
  new StorageFault({ kind: "connection", status: 0, code: systemCode(error) ?? "no reason known", said: "" })

export const timeoutFault = () => new StorageFault({ kind: "timeout", status: 0, code: "", said: "" })
export const unreadableFault = () => new StorageFault({ kind: "unreadable", status: 0, code: "", said: "" })

export const toServiceError = ({ code, kind, said, status }: StorageFault): ServiceError => {
  const dependency = "storage" as const
  const failed = (message: string) => new TransientError({ code: "STORAGE_FAILED", message, dependency })
  const away = (message: string) => new RecoverableError({ code: "STORAGE_UNAVAILABLE", message, dependency })
  if (kind === "connection") {
    return away(`The connection to the object storage failed (${code}). ${whyNoConnection(code, address)}`.trim())
  }
  if (kind === "timeout") return failed("The object storage did not answer in time.")
  if (kind === "unreadable") {
    return failed(`The object storage's response cannot be read. If none can, ${anotherServer(address)}`)
  }

  const message = `The object storage answered ${[status, code].filter(Boolean).join(" ")}${
    said === "" ? "." : `: ${endSentence(said)}`
  }`
  if (deniedCodes.has(code) || status === 401 || status === 403 || /authorization/i.test(said)) {
    const advice = "Set SUPABASE_SERVICE_ROLE_KEY to the service role's key of this project."
    return new RecoverableError({ code: "STORAGE_DENIED", message: `${message} ${advice}`, dependency })
  }
  if (code === "NoSuchBucket") return away(message)
  if (status === 507) return new RecoverableError({ code: "STORAGE_FULL", message, dependency })
  if (code === "EntityTooLarge" || status === 413) {
    return new PermanentError({ code: "FILE_TOO_LARGE", message, dependency })
  }
  if (code === "InvalidMimeType" || status === 415) {
    return new PermanentError({ code: "UNSUPPORTED_TYPE", message, dependency })
  }
  if (status === 408 || status === 409 || status === 423 || status === 429) return failed(message)
  if (status >= 500) return away(message)
  // The storage gives every refusal a code, older versions a message: this is the page of another server, or its redirect.
  if (code === "" && (status === 404 || said === "")) {
    return new RecoverableError({ code: "STORAGE_DENIED", message: `${message} ${anotherServer(address)}`, dependency })
  }
  return new PermanentError({ code: "INTERNAL", message, dependency })
}

const address = "SUPABASE_URL"

const deniedCodes = new Set(["AccessDenied", "InvalidJWT", "InvalidSignature"])

const decodeError = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({
  statusCode: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  code: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String)
})))
