/** `pnpm fuzz`: 100,000 callbacks and 100,000 requests by default; fails if one of them finds a fault. */
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, References, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { worldLayer } from "../faults/makeWorld.ts"
import { PostgresPlace } from "../faults/PostgresPlace.ts"
import { fuzz } from "./fuzz.ts"

class FoundSomething extends Schema.TaggedError<FoundSomething>()("FoundSomething", { message: Schema.String }) {}

const command = Command.make(
  "fuzz",
  {
    webhooks: Flag.Int("webhooks").pipe(Flag.withDefault(100_000)),
    requests: Flag.Int("requests").pipe(Flag.withDefault(100_000)),
    seed: Flag.Int("seed").pipe(Flag.withDefault(1)),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("fuzz.command")(function*({ json, requests, seed, webhooks }) {
    const result = yield* fuzz({ webhooks, requests }).pipe(
      Effect.provide(worldLayer(seed).pipe(Layer.provideMerge(NodeHttpClient.layerUndici))),
      Effect.scoped
    )
    yield* Console.log(JSON.stringify(result, undefined, json ? 0 : 2))
    const { findings } = result
    if (findings.length > 0) return yield* new FoundSomething({ message: `${findings.length} findings, seed ${seed}.` })
  })
)

command.pipe(
  Command.run({ version: "1" }),
  Effect.provide(
    Layer.mergeAll(PostgresPlace.layer, NodeServices.layer, Layer.succeed(References.MinimumLogLevel, "Error" as const))
  ),
  NodeRuntime.runMain
)
