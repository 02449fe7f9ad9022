/** The table of the provider's errors, and what of an answer may be repeated: never the key, never a user's text. */
import { Schema } from "effect"
import { APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai"
import { redact } from "../../src/domain/redact.ts"
import { PermanentError, RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { cutSentence, endSentence } from "../../src/domain/text.ts"
import { wishOf } from "../../src/policy/retries.ts"
import { systemCode } from "../shared/systemCode.ts"

export const late = (): TransientError =>
  new TransientError({
    code: "EMBED_TIMEOUT",
    message: "The embedding provider did not answer in time.",
    dependency: "embedder"
  })

/** There are three kinds of 429. */
export const toServiceError = (error: unknown, sent: Sent & { readonly now: number }): ServiceError => {
  if (error instanceof APIConnectionTimeoutError) return late()
  if (!(error instanceof APIError) || error instanceof APIUserAbortError || error.status === undefined) {
    // Once connected, the request may have been processed and billed, even if no response arrived.
    const answered = !neverSent.has(systemCode(error) ?? "")
    const details = {
      message: error instanceof SyntaxError
        ? "The embedding provider's response is not valid JSON."
        : `The ${answered ? "answer" : "call"} of the embedding provider broke off (${
          systemCode(error) ?? "no reason known"
        }).`,
      // No cause: parser errors quote the body, and header errors quote the key.
      dependency: "embedder" as const
    }
    return answered
      ? new TransientError({ ...details, code: "EMBED_INVALID_RESPONSE" })
      : new RecoverableError({ ...details, code: "EMBED_UNAVAILABLE" })
  }
  const { code, headers, requestID, status, type } = error
  const sentence = isVendorError(error.error) ? error.error.message : ""
  const said = asSentence(sentence, sent)
  const named = asName(code ?? "", sent)
  const id = asName(requestID ?? "", sent)
  const wait = retryAfter(headers, sent.now)
  const details = {
    message: `The embedding provider answered ${status}${named && ` ${named}`}${
      said === "" ? "." : `: ${endSentence(said)}`
    }`,
    dependency: "embedder" as const,
    ...(id === "" ? {} : { requestId: id })
  }
  if (status === 402 || moneyCodes.has(code ?? "") || moneyCodes.has(type ?? "")) {
    return new RecoverableError({ ...details, code: "EMBED_QUOTA" })
  }
  if (status === 401 || status === 403 || status === 404) {
    // The message about a wrong key repeats parts of the key.
    const message = status === 401 ? "The embedding provider rejects our key." : details.message
    return new RecoverableError({ ...details, message, code: "EMBED_AUTH" })
  }
  // No wait helps a request that is larger than the limit per minute: its halves may fit.
  if (status === 429 && !/^request too large/i.test(sentence)) {
    return new TransientError({ ...details, ...wait, code: "EMBED_RATE_LIMITED" })
  }
  if (status === 408 || status === 504) return new TransientError({ ...details, ...wait, code: "EMBED_TIMEOUT" })
  if (status === 409) return new TransientError({ ...details, ...wait, code: "EMBED_FAILED" })
  if (status >= 500) return new RecoverableError({ ...details, ...wait, code: "EMBED_UNAVAILABLE" })
  if (code === "context_length_exceeded" || (status === 400 && /maximum (input|context) length/i.test(sentence))) {
    return new PermanentError({ ...details, code: "EMBED_INPUT_TOO_LONG" })
  }
  return new PermanentError({ ...details, code: "EMBED_REJECTED" })
}

/** No connection was established. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

const moneyCodes = new Set([
  "insufficient_quota",
  "credit_balance_exhausted",
  "organization_spend_limit_exceeded",
  "project_spend_limit_exceeded",
  "organization_usage_limit_exceeded",
  "billing_hard_limit_reached",
  "billing_not_active"
])

interface Sent {
  readonly texts: ReadonlyArray<string>
  readonly key: string
}

/**
 * The vendor's message without quotations. A call may carry texts of several users, and a message may quote any of them: it
 * is kept only if one text was sent, with that text and the key removed.
 */
const asSentence = (said: string, { key, texts }: Sent): string =>
  texts.length > 1 ? "" : redact(redact(cutSentence(said), [key]), texts, shortestQuote)

/** Consecutive characters that also occur in the text. */
const shortestQuote = 12

/** A code or an id; other values, and values that occur in a text, are dropped. */
export const asName = (said: string, { key, texts }: Sent): string =>
  /^[\w.:-]{1,128}$/.test(said) && !(said.length >= shortestQuote && texts.some((text) => text.includes(said)))
    ? redact(said, [key])
    : ""

const retryAfter = (headers: Headers | undefined, now: number): ReturnType<typeof wishOf> => {
  const milliseconds = headers?.get("retry-after-ms")
  const seconds = headers?.get("retry-after")
  const wait = milliseconds
    ? Number(milliseconds)
    : seconds
    ? (Number.isNaN(Number(seconds)) ? Date.parse(seconds) - now : Number(seconds) * 1000)
    : Number.NaN
  return wishOf(wait)
}

const isVendorError = Schema.is(Schema.Struct({ message: Schema.String }))
