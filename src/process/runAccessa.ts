/** The CLI on Node. Uses `node:http`, because `fetch` buffers whole uploads in memory. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Runtime, Schema } from "effect"
import { stderr, stdout } from "node:process"
import { ReleaseTargetsLive } from "../../layers/App/ReleaseTargets.ts"
import { ReachabilityNode } from "../../layers/Reachability/Node.ts"
import { accessa } from "../cli/accessa.ts"

/** Ends the command as SIGPIPE would, which Node ignores, but with its finalizers. */
class ReaderGone extends Schema.TaggedError<ReaderGone>()("ReaderGone", {}) {
  override readonly [Runtime.errorExitCode] = 141
  override readonly [Runtime.errorReported] = false
}

/** The reader of a pipe has seen enough, such as `head`, or quits, such as `less`. */
const readerGone = Effect.callback<never, ReaderGone>((resume) => {
  for (const stream of [stdout, stderr]) {
    stream.on(
      "error",
      (error: NodeJS.ErrnoException) => resume(error.code === "EPIPE" ? new ReaderGone() : Effect.die(error))
    )
  }
})

accessa.pipe(
  Effect.raceFirst(readerGone),
  Effect.provide(
    Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerNodeHttp, ReachabilityNode, ReleaseTargetsLive)
  ),
  NodeRuntime.runMain
)
