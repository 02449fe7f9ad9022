/** What `accessa doctor` asks the API: checks that it makes of the database, the storage and its own settings. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Finding } from "../domain/Finding.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"

const DiagnosisView = Schema.Struct({
  /** The API's clock. */
  at: Schema.DateTimeUtcFromString,
  findings: Schema.Array(Finding)
})

export class DiagnosisGroup extends HttpApiGroup.make("diagnosis").annotate(
  OpenApi.Description,
  "What is wrong with the installation, for operators."
).add(
  HttpApiEndpoint.get("run", "/api/v1/diagnosis", { success: DiagnosisView }).annotate(ConcurrencyLimit, "check")
    .annotate(OpenApi.Summary, "Find what is wrong with the installation").annotate(
      OpenApi.Description,
      "Each finding says what was expected, what was found, and how to repair it."
    )
).annotateEndpoints(RequiredRole, "operator") {}
