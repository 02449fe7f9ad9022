/** Turns refusals of the API and connection errors into a `CommandFailure`. */
import { type Cause, Effect, Option, Schema } from "effect"
import type { Sse } from "effect/encoding"
import type { HttpClientError, HttpClientRequest, HttpClientResponse } from "effect/http"
import type { NotReady } from "../../api/health.ts"
import type {
  BadRequest,
  Conflict,
  Forbidden,
  Internal,
  KeyInFlight,
  KeyReused,
  NotFound,
  OverBudget,
  Overloaded,
  OverQuota,
  TooLarge,
  TooManyRequests,
  Unauthenticated,
  Unauthorized,
  Unavailable,
  Unprocessable,
  UnsupportedMedia
} from "../../api/Problem.ts"
import { helpFor } from "../../api/requestCodes.ts"
import { CommandFailure, failure } from "../CommandFailure.ts"

type Problem =
  | BadRequest
  | Unauthorized
  | Unauthenticated
  | Forbidden
  | TooManyRequests
  | OverBudget
  | Overloaded
  | OverQuota
  | KeyInFlight
  | KeyReused
  | NotFound
  | Conflict
  | TooLarge
  | UnsupportedMedia
  | Unprocessable
  | Unavailable
  | Internal
  | NotReady

export type ApiError =
  | Problem
  | HttpClientError.HttpClientError
  | Schema.SchemaError
  | Sse.SseError
  | Sse.Retry
  | Cause.TimeoutError

/** The same request may succeed later: the API is restarting, or a service behind it is unavailable. */
export const isPassing = (error: ApiError): boolean => {
  switch (error._tag) {
    case "HttpClientError":
      return !isUnread(error)
        && (isLost(error) || (error.response?.status ?? 0) >= 502 || error.response?.status === 429)
    case "TooManyRequests":
    case "Overloaded":
    case "KeyInFlight":
    case "Unavailable":
    case "NotReady":
    case "SseError":
    case "Retry":
    case "TimeoutError":
      return true
    default:
      return false
  }
}

/** What was to be sent could not be read: Node refuses a file that is no longer as it was opened. */
const isUnread = ({ reason }: HttpClientError.HttpClientError): boolean =>
  reason.cause instanceof DOMException && reason.cause.name === "NotReadableError"

/** No answer, or an incomplete one. */
const isLost = ({ reason }: HttpClientError.HttpClientError): boolean =>
  reason._tag === "TransportError" || (reason._tag === "DecodeError" && reason.response.status < 400)

export const toFailure = (url: URL) => (error: ApiError): Effect.Effect<CommandFailure> => {
  switch (error._tag) {
    case "HttpClientError":
      return isUnread(error)
        ? Effect.succeed(fileChanged)
        : error.reason._tag === "TransportError" && error.reason.description?.startsWith(noAnswer) === true
        ? Effect.succeed(silent(url, error.reason.description.slice(noAnswer.length), isChange(error.request)))
        : error.response === undefined
        ? Effect.succeed(unreachable(url))
        : error.response.status < 400
        ? Effect.succeed(notUnderstood(url, error.message))
        : undeclared(url, error.response)
    case "Retry":
    case "TimeoutError":
      return Effect.succeed(unreachable(url))
    case "SchemaError":
    case "SseError":
      return Effect.succeed(notUnderstood(url, error.message))
    default:
      return Effect.succeed(
        new CommandFailure({
          exit: error._tag === "NotFound" ? "notFound" : authTags.has(error._tag) ? "auth" : "failed",
          code: error.code,
          what: whatHappened(error),
          todo: whatToDo(error),
          correlationId: error.correlation_id ?? null,
          traceUrl: "trace_url" in error ? error.trace_url ?? null : null
        })
      )
  }
}

const authTags: ReadonlySet<string> = new Set(["Unauthorized", "Unauthenticated", "Forbidden"])

export const fileChanged = failure(
  "failed",
  "FILE_CHANGED",
  "The file changed or was removed while it was being sent.",
  "Wait until the program that writes it has finished, and run the command again."
)

const unreachable = (url: URL): CommandFailure =>
  failure(
    "failed",
    "API_UNREACHABLE",
    `No response from ${url.origin}.`,
    "Start the API with `pnpm start`, or pass its address with --url or ACCESSA_URL."
  )

/** How `inTime` describes that it gave up, before the time. */
export const noAnswer = "No answer within "

/** Searches and quotes are sent by POST, and change nothing. */
const isChange = ({ method, url }: HttpClientRequest.HttpClientRequest): boolean =>
  method !== "GET" && !/\/(search|quotes)$/.test(url)

const silent = (url: URL, time: string, change: boolean): CommandFailure =>
  failure(
    "timeout",
    "API_SILENT",
    `${url.origin} took the request, but did not answer within ${time}.`
      + (change ? " It may have been carried out all the same, or still be." : ""),
    "Look at the load and the log of the API and of its database, or restart the API."
      + (change ? " Before you repeat the command, check whether it had an effect." : "")
  )

const notUnderstood = (url: URL, detail: string): CommandFailure =>
  failure(
    "failed",
    "ANSWER_NOT_UNDERSTOOD",
    `The server at ${url.origin} does not speak this version of the API: ${detail.slice(0, 300)}.`,
    "Check --url and ACCESSA_URL, and that the server and the CLI are from the same release."
  )

/** Some details already end with the help text. */
const whatHappened = (problem: Problem): string => {
  const errors = problem._tag === "BadRequest" ? problem.errors : []
  const faults = errors.map((fault) => `${fault.pointer}: ${fault.detail}`)
  if (errors.some((fault) => fault.detail === problem.detail)) return faults.join("; ")
  const help = helpFor(problem.code)
  const detail = help !== "" && problem.detail.endsWith(help) ? problem.detail.slice(0, -help.length) : problem.detail
  return [detail.trim(), faults.join("; ")].filter((part) => part !== "").join(" ")
}

const whatToDo = (problem: Problem): string => {
  if (problem._tag === "NotReady") return "See `accessa doctor`."
  if ("retry_after_s" in problem) {
    return `${helpFor(problem.code)} Try again in ${problem.retry_after_s} s.`.trimStart()
  }
  return helpFor(problem.code)
}

/** A status that is not in the contract: from a proxy or a newer server. */
const undeclared = (url: URL, response: HttpClientResponse.HttpClientResponse): Effect.Effect<CommandFailure> =>
  response.json.pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(AnyProblem)),
    Effect.option,
    Effect.map((body) => {
      const { status } = response
      const problem = Option.getOrUndefined(body)
      return new CommandFailure({
        exit: status === 404 ? "notFound" : status === 401 || status === 403 ? "auth" : "failed",
        code: problem?.code ?? `HTTP_${status}`,
        what: problem?.detail ?? `${url.origin} answered with status ${status}.`,
        todo: status === 429 || status >= 500
          ? "Try again in a moment; `accessa doctor` says what is wrong."
          : "Check --url and ACCESSA_URL: this may be another service.",
        correlationId: problem?.correlation_id ?? null,
        traceUrl: problem?.trace_url ?? null
      })
    })
  )

const AnyProblem = Schema.Struct({
  detail: Schema.String,
  code: Schema.String,
  correlation_id: Schema.optionalKey(Schema.String),
  trace_url: Schema.optionalKey(Schema.String)
})
