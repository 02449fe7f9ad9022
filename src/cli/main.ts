/** The command line on Node. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { accessa } from "./accessa.ts"

export const main = () => accessa.pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
