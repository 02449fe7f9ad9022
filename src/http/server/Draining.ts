/** Tells streams and long polls that the server is shutting down, so that they end instead of delaying it. */
import { Context, Deferred, Layer } from "effect"

export class Draining extends Context.Service<Draining, Deferred.Deferred<void>>()("accessa/http/Draining") {
  static readonly layer = Layer.effect(Draining, Deferred.make<void>())
}
