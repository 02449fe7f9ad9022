import { assert, it } from "@effect/vitest"
import { Cause, Effect, Exit, Stream } from "effect"
import { uploadParts } from "../../../src/http/server/uploadParts.ts"

it.effect("A defect while an upload's parts are read stays a defect, and is not blamed on the caller", () =>
  Effect.gen(function*() {
    for (const defect of [new Error("a bug of ours"), new TypeError("another bug of ours")]) {
      const exit = yield* Effect.exit(Stream.runDrain(uploadParts({ multipartStream: Stream.die(defect) }, 1_000)))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }
  }))
