/** What LlamaParse's errors mean for our job: one table for responses, one for failed parses. */
import { Schema } from "effect"
import type { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import {
  PermanentError,
  RecoverableError,
  type ServiceError,
  TransientError
} from "../../../src/domain/ServiceError.ts"
import { cutSentence, endSentence } from "../../../src/domain/text.ts"
import { wishOf } from "../../../src/policy/retries.ts"

export type ParserFault =
  | {
    readonly _tag: "Status"
    readonly status: number
    readonly body: string
    readonly retryAfter?: string | undefined
  }
  /** No response, or an incomplete one. */
  | { readonly _tag: "Connection"; readonly reason: string | undefined }
  | { readonly _tag: "Timeout" }
  /** A response that does not match the API. */
  | { readonly _tag: "Unreadable" }

export const toServiceError = (fault: ParserFault): ServiceError => {
  const dependency = "parser" as const
  switch (fault._tag) {
    case "Connection":
      return new RecoverableError({
        code: "PARSER_UNAVAILABLE",
        message: `The connection to the parser failed (${fault.reason ?? "unknown reason"}).`,
        dependency
      })
    case "Timeout":
      return new TransientError({ code: "PARSER_TIMEOUT", message: "The parser did not answer in time.", dependency })
    case "Unreadable":
      return new TransientError({ code: "PARSER_FAILED", message: "The parser's response cannot be read.", dependency })
    case "Status": {
      const { status } = fault
      const said = detailOf(fault.body)
      const wait = wishOf(Number(fault.retryAfter ?? Number.NaN) * 1_000)
      const message = `The parser answered ${status}${said === "" ? "." : `: ${endSentence(said)}`}`
      if (status === 401 || status === 403) return new RecoverableError({ code: "PARSER_AUTH", message, dependency })
      if (status === 402) return new RecoverableError({ code: "PARSER_QUOTA", message, dependency })
      if (status === 429) return new TransientError({ code: "PARSER_RATE_LIMITED", message, dependency, ...wait })
      if (status === 408 || status === 504) {
        return new TransientError({ code: "PARSER_TIMEOUT", message, dependency, ...wait })
      }
      if (status === 409) return new TransientError({ code: "PARSER_FAILED", message, dependency, ...wait })
      if (status >= 500) return new RecoverableError({ code: "PARSER_UNAVAILABLE", message, dependency, ...wait })
      if (status === 413) return new PermanentError({ code: "FILE_TOO_LARGE", message, dependency })
      return new PermanentError({ code: documentCode(said) ?? "PARSER_REJECTED", message, dependency })
    }
  }
}

/** A parse that ended without a result: the vendor's code is somewhere in the message. */
export const failedParse = (providerJobId: string, said: string): ServiceError => {
  const details = {
    message: `The parser failed: ${cutSentence(said) || "it gives no reason"}`,
    dependency: "parser" as const,
    requestId: providerJobId
  }
  const code = documentCode(said)
  if (code !== undefined) return new PermanentError({ ...details, code })
  return new TransientError({ ...details, code: /\btime(d )?out\b/i.test(said) ? "PARSER_TIMEOUT" : "PARSER_FAILED" })
}

const documentCodes: Record<string, ErrorCode> = {
  UNSUPPORTED_FILE_TYPE: "UNSUPPORTED_TYPE",
  PDF_IS_PROTECTED: "ENCRYPTED",
  PDF_IS_BROKEN: "PARSE_CORRUPT",
  NO_DATA_FOUND_IN_FILE: "NO_TEXT",
  DOCUMENT_TOO_LARGE: "FILE_TOO_LARGE",
  TOO_MANY_PAGES: "TOO_MANY_PAGES",
  INVALID_TIER_VERSION_COMBINATION: "PARSER_REJECTED",
  "Uploaded file is empty": "EMPTY_FILE"
}

const documentCode = (said: string): ErrorCode | undefined =>
  Object.entries(documentCodes).find(([vendor]) => said.includes(vendor))?.[1]

/** The messages in `{"detail": …}`. A validation list also repeats its input, including our secrets, which is left out. */
const detailOf = (body: string): string => {
  const decoded = decodeDetail(body)
  if (decoded._tag === "None") return ""
  const { detail } = decoded.value
  return cutSentence(
    typeof detail === "string" ? detail : detail.map(({ loc, msg }) => `${loc.join(".")} ${msg}`).join("; ")
  )
}

const decodeDetail = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({
  detail: Schema.Union([
    Schema.String,
    Schema.Array(Schema.Struct({
      loc: Schema.Array(Schema.Union([Schema.String, Schema.Finite])),
      msg: Schema.String
    }))
  ])
})))
