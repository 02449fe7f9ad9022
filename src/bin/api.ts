/** `pnpm api`: the HTTP API. */
import { Layer } from "effect"
import { AppLive } from "../../layers/App/App.ts"
import { ApiLive } from "../process/apiLayer.ts"
import { launch } from "../process/launch.ts"

if (import.meta.main) launch("accessa-api", ApiLive.pipe(Layer.provide(AppLive)))
