/** The guard of the key, as a container's program. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { startKeyGuard } from "../keyGuard.ts"

startKeyGuard({ host: "mock-openai", port: 8002, keys: new Set(["not-a-key"]), listen: 8004 }).pipe(
  Effect.andThen(Effect.never),
  Effect.scoped,
  NodeRuntime.runMain
)
