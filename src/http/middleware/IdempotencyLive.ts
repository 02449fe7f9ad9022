/**
 * Carries out a request with an `Idempotency-Key` once. Once started it runs to the end even if the caller disconnects, so
 * that the answer is stored.
 */
import { Effect, Exit, Fiber, Layer, Option, Ref, Schedule, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { type Hold, IdempotencyKeys, type StoredAnswer } from "../../../services/IdempotencyKeys.ts"
import { Ids } from "../../../services/Ids.ts"
import { Caller } from "../../api/Access.ts"
import { Idempotency } from "../../api/Idempotency.ts"
import { BadRequest, KeyInFlight, NotFound } from "../../api/Problem.ts"
import { DocumentId } from "../../domain/Ids.ts"
import { FormDigest, rereadForm } from "../../intake/fingerprint.ts"
import { reusedKey } from "../../intake/refusals.ts"
import { idempotency } from "../../policy/idempotency.ts"
import { HttpOptions } from "../server/HttpOptions.ts"
import { uploadParts } from "../server/uploadParts.ts"
import { bodyDigest, fingerprintOf, isForm } from "./fingerprint.ts"
import { RequestId } from "./RequestId.ts"
import { serviceProblem } from "./serviceProblem.ts"

export const IdempotencyLive = Layer.effect(
  Idempotency,
  Effect.gen(function*() {
    const keys = yield* IdempotencyKeys
    const { uuid } = yield* Ids
    const { maxUploadBytes } = yield* HttpOptions

    /** If the answer cannot be stored, only the answer is lost: the key becomes free when its lock expires. */
    const record = (hold: Hold, answer: StoredAnswer | undefined) =>
      (answer === undefined ? keys.release(hold) : keys.record(hold, answer)).pipe(
        Effect.catch((error) => Effect.logWarning("Could not store the answer to an idempotent request", error))
      )

    const whileAlive = (hold: Hold) =>
      keys.renew(hold).pipe(
        Effect.catch((error) => Effect.logWarning("Could not renew the lock on an idempotency key", error)),
        Effect.schedule(Schedule.spaced(idempotency.renewal)),
        Effect.interruptible,
        Effect.forkChild
      )

    const carryOut = Effect.fnUntraced(
      function*<E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>, hold: Hold) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const form = yield* Ref.make(Option.none<string>())
        const renewal = yield* whileAlive(hold)
        const exit = yield* Effect.exit(Effect.provideService(app, FormDigest, form))
        yield* Fiber.interrupt(renewal)
        // A refusal may leave the body unread, and must not wait for the rest of it.
        const isRefusal = Exit.isFailure(exit) || exit.value.status >= 400
        const content = isRefusal
          ? Option.none<string>()
          : isForm(request)
          ? yield* Ref.get(form)
          : yield* Effect.option(bodyDigest(request))
        const answer = isRefusal || Option.isNone(content)
          ? undefined
          : answerOf(exit.value, fingerprintOf(request, content.value))
        yield* record(hold, answer)
        return yield* exit
      },
      Effect.uninterruptible
    )

    const repeat = Effect.fnUntraced(function*(answer: Omit<StoredAnswer, "documentId">) {
      const request = yield* HttpServerRequest.HttpServerRequest
      const content = isForm(request)
        ? yield* rereadForm(uploadParts(request, maxUploadBytes))
        : yield* bodyDigest(request)
      if (fingerprintOf(request, content) !== answer.fingerprint) return yield* reusedKey()
      return HttpServerResponse.text(answer.body, {
        status: answer.status,
        headers: { ...answer.headers, "idempotency-replayed": "true" },
        ...(answer.headers["content-type"] === undefined ? {} : { contentType: answer.headers["content-type"] })
      })
    })

    return Idempotency.of(Effect.fnUntraced(function*(app, { endpoint }) {
      const { headers } = yield* HttpServerRequest.HttpServerRequest
      const given = headers["idempotency-key"]
      if (given === undefined || endpoint.method !== "POST") return yield* app
      const key = unquoted(given)
      if (!/^[\x21-\x7e]{1,255}$/.test(key)) return yield* malformed()
      const { userId } = yield* Caller
      const hold = { user: userId, key, holder: yield* uuid }
      const claim = yield* serviceProblem(keys.claim(hold))
      switch (claim._tag) {
        case "Claimed":
          return yield* carryOut(Effect.provideService(app, RequestId, claim.requestId), hold)
        case "Answered":
          return yield* repeat(claim.answer)
        case "InFlight":
          return yield* inFlight()
        case "Gone":
          return yield* gone()
      }
    }))
  })
)

/** The header's draft standard puts the key in quotes, which most clients leave out. */
const unquoted = (given: string): string =>
  /^"(?:[^"\\]|\\["\\])*"$/.test(given) ? given.slice(1, -1).replaceAll(/\\(.)/g, "$1") : given

/** The part of an answer that is stored: never a secret, which is shown only once. */
const answerOf = (
  { body, headers, status }: HttpServerResponse.HttpServerResponse,
  fingerprint: string
): StoredAnswer | undefined => {
  if (body._tag !== "Uint8Array" && body._tag !== "Empty") return undefined
  const type = body._tag === "Empty" ? undefined : body.contentType
  const text = body._tag === "Empty" ? "" : new TextDecoder().decode(body.body)
  return {
    fingerprint,
    status,
    documentId: Option.match(decodeSubject(text), { onNone: () => null, onSome: ({ document_id }) => document_id }),
    headers: {
      ...(type === undefined ? {} : { "content-type": type }),
      ...(headers["location"] === undefined ? {} : { location: headers["location"] })
    },
    body: withoutSecret(text)
  }
}

/** Answers about a document are views of its job, and announcements. */
const decodeSubject = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ document_id: DocumentId }))
)

const decodeSecretive = Schema.decodeUnknownExit(
  Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))
)

const withoutSecret = (text: string): string => {
  const decoded = decodeSecretive(text)
  return Exit.isSuccess(decoded) && "secret" in decoded.value
    ? JSON.stringify({ ...decoded.value, secret: null })
    : text
}

const malformed = () =>
  new BadRequest({
    code: "BAD_REQUEST",
    detail: "The Idempotency-Key cannot be used.",
    errors: [{ pointer: "/headers/idempotency-key", detail: "1 to 255 visible ASCII characters, such as a UUID." }]
  })

const gone = () =>
  new NotFound({
    code: "DOCUMENT_NOT_FOUND",
    detail: "The document of the first request with this Idempotency-Key was deleted. Use a new key for a new request."
  })

/** Most requests end soon, even though the lock of a dead one may last longer. */
const inFlight = () =>
  new KeyInFlight({ detail: "The first request with this Idempotency-Key has not ended yet.", retry_after_s: 1 })
