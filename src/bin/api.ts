/** `pnpm api`: the HTTP API. */
import { Layer } from "effect"
import { AppLive } from "../../layers/App/App.ts"
import { ApiLive } from "./apiLayer.ts"
import { launch } from "./launch.ts"

launch("accessa-api", ApiLive.pipe(Layer.provide(AppLive)))
