/** Tells streams and long polls that the server is going down, so that they end instead of holding it up. */
import { Context, Deferred, Layer } from "effect"

export class Draining extends Context.Service<Draining, Deferred.Deferred<void>>()("accessa/http/Draining") {
  static readonly layer = Layer.effect(Draining, Deferred.make<void>())
}
