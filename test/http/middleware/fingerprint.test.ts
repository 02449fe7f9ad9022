import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import { bodyDigest } from "../../../src/http/middleware/fingerprint.ts"

const requestWith = (body: string | ReadableStream<Uint8Array>) =>
  HttpServerRequest.fromWeb(new Request("http://localhost/", { method: "POST", body, duplex: "half" }))

const broken = () =>
  new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("the connection was lost")) })

it.effect("A body that breaks off is refused, and not treated as empty", () =>
  Effect.gen(function*() {
    const empty = yield* bodyDigest(requestWith(""))
    assert.match(empty, /^[0-9a-f]{64}$/)
    const refusal = yield* Effect.flip(bodyDigest(requestWith(broken())))
    assert.strictEqual(refusal.detail, "The body ended early.")
  }))
