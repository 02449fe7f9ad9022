/** The CLI on Node. Uses `node:http`, because `fetch` buffers whole uploads in memory. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { ReleaseTargetsLive } from "../../layers/App/ReleaseTargets.ts"
import { ReachabilityNode } from "../../layers/Reachability/Node.ts"
import { accessa } from "../cli/accessa.ts"

accessa.pipe(
  Effect.provide(
    Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerNodeHttp, ReachabilityNode, ReleaseTargetsLive)
  ),
  NodeRuntime.runMain
)
