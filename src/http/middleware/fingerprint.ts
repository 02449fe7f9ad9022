/** Distinguishes a repeated request from a different one with the same `Idempotency-Key`: method, address and content. */
import { Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import { sha256 } from "../../domain/hash.ts"
import { malformed } from "../../intake/refusals.ts"

export const isForm = (request: HttpServerRequest.HttpServerRequest): boolean =>
  /^multipart\/form-data\b/i.test(request.headers["content-type"] ?? "")

/** `content` is a digest. */
export const fingerprintOf = ({ method, url }: HttpServerRequest.HttpServerRequest, content: string): string =>
  sha256(JSON.stringify([method, url, content]))

/**
 * The digest of a body that is not a form. A body that cannot be read has none, because it would equal any other unreadable
 * one.
 */
export const bodyDigest = (request: HttpServerRequest.HttpServerRequest) =>
  request.arrayBuffer.pipe(
    Effect.map((bytes) => sha256(new Uint8Array(bytes))),
    Effect.mapError(() => malformed("BAD_REQUEST", "The body ended early."))
  )
