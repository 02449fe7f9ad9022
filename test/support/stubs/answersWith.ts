/** Makes a stub answer each request in one way; done at the first one. */
import { Deferred, Effect } from "effect"
import type { StubBehaviour, StubRequest } from "./HttpStub.ts"

export interface Interceptable {
  intercept: (request: StubRequest) => StubBehaviour | undefined
}

export const answersWith = Effect.fnUntraced(function*(stub: Interceptable, behaviour: StubBehaviour) {
  const asked = yield* Deferred.make<void>()
  stub.intercept = () => {
    Deferred.doneUnsafe(asked, Effect.void)
    return behaviour
  }
  return asked
})
