/** One stack for all that only need a running one: starting it takes more processor time than most of what runs on it. */
import type { NodeServices } from "@effect/platform-node"
import type { Vitest } from "@effect/vitest"
import { Context, type Effect, Layer } from "effect"
import { startStack } from "../support/harness/Stack.ts"

export const metricsToken = "scraper-token-0123456789"

export class SharedStack extends Context.Service<SharedStack, Effect.Success<ReturnType<typeof startStack>>>()(
  "accessa/test/SharedStack"
) {
  static readonly layer = Layer.effect(
    SharedStack,
    startStack({ METRICS_TOKEN: metricsToken, MOCK_OPENAI_RATE_LIMIT: "1000", LOG_LEVEL: "Error" })
  )
}

export type OnStack = Vitest.MethodsNonLive<SharedStack | NodeServices.NodeServices>
