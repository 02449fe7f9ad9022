/** The failures of the ports as problems: an unavailable or busy service is 503, other failures keep their code. */
import { Duration, Effect } from "effect"
import { countError } from "../../../otel/metrics/errors.ts"
import { Internal, Unavailable, Unprocessable } from "../../api/Problem.ts"
import { errorClass, type ServiceError } from "../../domain/ServiceError.ts"
import { secondsOf } from "../server/setHeader.ts"

/** If the failed service gives no time of its own. */
const patience = { transient: Duration.seconds(5), recoverable: Duration.seconds(30) }

const tags: ReadonlySet<string> = new Set(["TransientError", "PermanentError", "RecoverableError"])
const isServiceError = (error: unknown): error is ServiceError =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string" &&
  tags.has(error._tag)

export const serviceProblem = <A, E, R>(self: Effect.Effect<A, E | ServiceError, R>) =>
  Effect.catchIf(self, (error): error is ServiceError => isServiceError(error), toProblem)

/** One endpoint's handler: a span of this name, and the failures of its ports as problems. */
export const handler = <Eff extends Effect.Effect<unknown, unknown, unknown>, A, Request>(
  span: string,
  body: (request: Request) => Generator<Eff, A, never>
) => Effect.fn(span)(body, serviceProblem)

const toProblem = Effect.fnUntraced(function*(error: ServiceError) {
  const kind = errorClass(error)
  yield* countError(error)
  if (kind === "permanent") {
    if (error.code !== "INTERNAL") return yield* new Unprocessable({ code: error.code, detail: error.message })
    yield* Effect.logError("A port failed unexpectedly", error)
    return yield* new Internal({ detail: "The request could not be carried out." })
  }
  yield* Effect.logWarning("A service that a request needs is unavailable", error)
  const wished = "retryAfter" in error ? error.retryAfter : undefined
  return yield* new Unavailable({
    code: error.code,
    class: kind,
    detail: error.message,
    retry_after_s: secondsOf(wished ?? patience[kind])
  })
})
