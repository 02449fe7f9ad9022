/** The alerts of the monitor, for `monitor` and `start`. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Sinks } from "../../layers/App/Vendors.ts"
import { Alerting, AlertingOptions } from "../monitor/alerts/Alerting.ts"
import { LastJudgement } from "../monitor/alerts/LastJudgement.ts"
import { databasePatience } from "../policy/alerts.ts"
import { Settings } from "../settings/Settings.ts"

export const AlertingLive = Alerting.pipe(
  Layer.provide(Layer.effect(
    AlertingOptions,
    Effect.map(
      Settings,
      ({ alertEscalation, alertInterval, alertRules, apiUrl, dashboardUrl, dataDir, env, parser, version }) => ({
        holder: { id: randomUUID(), hostname: hostname(), version },
        rules: alertRules,
        steps: alertEscalation,
        interval: alertInterval,
        patience: databasePatience,
        origin: { environment: env, dashboard: dashboardUrl },
        apiUrl,
        directory: dataDir,
        callbacks: parser !== "local"
      })
    )
  )),
  Layer.provide([LastJudgement.layer, Sinks, NodeHttpClient.layerUndici])
)
