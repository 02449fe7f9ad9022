/** What LlamaParse's refusals and failed jobs mean for a job of ours: one table for answers, one for failed parses. */
import { Schema } from "effect"
import type { ErrorCode } from "../../../src/domain/ErrorCode.ts"
import {
  PermanentError,
  RecoverableError,
  type ServiceError,
  TransientError
} from "../../../src/domain/ServiceError.ts"
import { cutSentence } from "../../../src/domain/text.ts"
import { wishOf } from "../../../src/policy/retries.ts"

export type ParserFault =
  | {
    readonly _tag: "Status"
    readonly status: number
    readonly body: string
    readonly retryAfter?: string | undefined
  }
  /** No answer, or one that was cut off. */
  | { readonly _tag: "Connection"; readonly reason: string | undefined }
  | { readonly _tag: "Timeout" }
  /** An answer of a shape that the API does not have. */
  | { readonly _tag: "Unreadable" }

export const toServiceError = (fault: ParserFault): ServiceError => {
  const dependency = "parser" as const
  switch (fault._tag) {
    case "Connection":
      return new RecoverableError({
        code: "PARSER_UNAVAILABLE",
        message: `The connection to the parser broke (${fault.reason ?? "no reason known"}).`,
        dependency
      })
    case "Timeout":
      return new TransientError({ code: "PARSER_TIMEOUT", message: "The parser did not answer in time.", dependency })
    case "Unreadable":
      return new TransientError({ code: "PARSER_FAILED", message: "The parser's answer is not readable.", dependency })
    case "Status": {
      const { status } = fault
      const said = detailOf(fault.body)
      const wait = wishOf(Number(fault.retryAfter ?? Number.NaN) * 1_000)
      const message = `The parser answered ${status}${said === "" ? "." : `: ${said}`}`
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

/** A parse that ended without a result: the vendor's code stands somewhere in the message. */
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

/** The sentences of `{"detail": …}`. A validation list also repeats its input, with our secrets in it: that stays out. */
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
