/** What `accessa deploy validate` asks: what the API and the workers see of their surroundings. */
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Inspection, InspectionId, InspectionOrder } from "../domain/Inspection.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"
import { NotFound } from "./Problem.ts"

export class InspectionsGroup extends HttpApiGroup.make("inspections").annotate(
  OpenApi.Description,
  "What the deployed processes see, for the validation of an environment."
).add(
  HttpApiEndpoint.get("ofApi", "/api/v1/operations/inspection", { success: Inspection }).annotate(
    OpenApi.Summary,
    "What the API sees of its database, storage and providers"
  ).annotate(OpenApi.Description, "Takes seconds, and buys one token.").annotate(ConcurrencyLimit, "check"),
  HttpApiEndpoint.post("order", "/api/v1/operations/inspections", {
    success: InspectionOrder.pipe(HttpApiSchema.status(202))
  }).annotate(OpenApi.Summary, "Ask the workers for an inspection").annotate(
    OpenApi.Description,
    "One worker runs it and reports what it sees. An inspection that no worker has started within a "
      + "minute is void."
  ),
  HttpApiEndpoint.get("get", "/api/v1/operations/inspections/:inspection_id", {
    params: { inspection_id: InspectionId },
    success: InspectionOrder,
    error: NotFound
  }).annotate(OpenApi.Summary, "A worker's inspection").annotate(
    OpenApi.Description,
    "What the worker found, once it has reported."
  )
).annotateEndpoints(RequiredRole, "admin") {}
