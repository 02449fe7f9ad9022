/** What `accessa baseline` asks: what an environment is made of, and how fast it does a fixed piece of work. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { DatabaseInstallation, ProcessInstallation } from "../domain/Installation.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"

export const InstallationView = Schema.Struct({ database: DatabaseInstallation, api: ProcessInstallation })
export type InstallationView = typeof InstallationView.Type

export const ControlView = Schema.Struct({
  /** One hash over a fixed number of bytes and one query without a table, in milliseconds. */
  took_ms: Schema.Finite
})

export class InstallationGroup extends HttpApiGroup.make("installation").annotate(
  OpenApi.Description,
  "The installation's versions, schema and settings, for admins."
).add(
  HttpApiEndpoint.get("get", "/api/v1/operations/installation", { success: InstallationView }).annotate(
    OpenApi.Summary,
    "Versions, schema and settings, without values"
  ).annotate(OpenApi.Description, "For the comparison of two environments.").annotate(ConcurrencyLimit, "check"),
  HttpApiEndpoint.get("control", "/api/v1/operations/control", { success: ControlView }).annotate(
    OpenApi.Summary,
    "How long a fixed workload takes now"
  ).annotate(OpenApi.Description, "For comparing times measured under different load.")
).annotateEndpoints(RequiredRole, "admin") {}
