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
  "What the installation is made of, for admins."
).add(
  HttpApiEndpoint.get("get", "/api/v1/operations/installation", { success: InstallationView }).annotate(
    OpenApi.Summary,
    "Versions, schema and settings, without a value"
  ).annotate(OpenApi.Description, "For the comparison of two environments.").annotate(ConcurrencyLimit, "check"),
  HttpApiEndpoint.get("control", "/api/v1/operations/control", { success: ControlView }).annotate(
    OpenApi.Summary,
    "How long a fixed piece of work takes now"
  ).annotate(OpenApi.Description, "For the comparison of times that were measured on a machine with other load.")
).annotateEndpoints(RequiredRole, "admin") {}
