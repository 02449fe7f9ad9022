/** What requests know of a server that is being stopped. */
import { Context, Deferred, Layer } from "effect"

/** It still serves, and says so to proxies, which send new requests elsewhere. */
export class Stopping extends Context.Service<Stopping, Deferred.Deferred<void>>()("accessa/http/Stopping") {
  static readonly layer = Layer.effect(Stopping, Deferred.make<void>())
}

/** Streams and long polls end, instead of delaying it. */
export class Draining extends Context.Service<Draining, Deferred.Deferred<void>>()("accessa/http/Draining") {
  static readonly layer = Layer.effect(Draining, Deferred.make<void>())
}
