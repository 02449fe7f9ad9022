/** `pnpm bench`: one subcommand a benchmark. Compare ratios of one run, not absolute figures of two. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { api } from "./api.ts"
import { chunking } from "./chunking.ts"
import { compare } from "./compare.ts"
import { concurrent } from "./concurrent.ts"
import { coverage } from "./coverage.ts"
import { dashboard } from "./dashboard.ts"
import { database } from "./database.ts"
import { idle } from "./idle.ts"
import { ingest } from "./ingest.ts"
import { large } from "./large.ts"
import { latency } from "./latency.ts"
import { pages } from "./pages.ts"
import { retrieval } from "./retrieval.ts"
import { scale } from "./scale.ts"
import { telemetry } from "./telemetry.ts"
import { verdicts } from "./verdicts.ts"

Command.make("bench").pipe(
  Command.withSubcommands([
    ingest,
    compare,
    large,
    concurrent,
    database,
    scale,
    idle,
    latency,
    api,
    telemetry,
    chunking,
    pages,
    dashboard,
    coverage,
    retrieval,
    verdicts
  ]),
  Command.run({ version: "1" }),
  Effect.provide(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
