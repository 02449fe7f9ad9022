/** The monitor's heartbeat to an outside service, where one is set. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer } from "effect"
import { Heartbeat } from "../monitor/alerts/Heartbeat.ts"
import { LastJudgement } from "../monitor/alerts/LastJudgement.ts"
import { Settings } from "../settings/Settings.ts"

export const HeartbeatLive = Layer.unwrap(
  Effect.map(Settings, ({ alertInterval, heartbeat: { interval, url } }) =>
    url === undefined
      ? Layer.empty
      : Heartbeat({ url, interval, judgedEvery: alertInterval }).pipe(Layer.provide(NodeHttpClient.layerUndici)))
).pipe(Layer.provideMerge(LastJudgement.layer))
