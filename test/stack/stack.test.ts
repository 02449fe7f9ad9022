import { NodeServices } from "@effect/platform-node"
import { layer } from "@effect/vitest"
import { Layer } from "effect"
import { baseline } from "./baseline.ts"
import { clients } from "./clients.ts"
import { prometheus } from "./prometheus.ts"
import { SharedStack } from "./SharedStack.ts"
import { users } from "./users.ts"

layer(Layer.provideMerge(SharedStack.layer, NodeServices.layer), { timeout: "3 minutes", excludeTestServices: true })(
  "a running stack",
  (it) => {
    // First: it counts the stack's documents.
    prometheus(it)
    baseline(it)
    users(it)
    clients(it)
  }
)
