/** A layer that shares nothing with others of its process: layers are shared by identity, and two servers must not share a router. */
import { Effect, Layer, Scope } from "effect"

export const apart = <A, E, R>(layer: Layer.Layer<A, E, R>): Layer.Layer<A, E, Exclude<R, Scope.Scope>> =>
  Layer.effectContext(Effect.gen(function*() {
    return yield* Layer.buildWithMemoMap(layer, yield* Layer.makeMemoMap, yield* Scope.Scope)
  }))
