/** What `accessa deploy validate` asks: what the API and the workers see of their surroundings. */
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Inspection, InspectionId, InspectionOrder } from "../domain/Inspection.ts"
import { ConcurrencyLimit, RequiredRole } from "./annotations.ts"
import { NotFound } from "./Problem.ts"

export class InspectionsGroup extends HttpApiGroup.make("inspections").annotate(
  OpenApi.Description,
  "What the processes see from where they stand, for the validation of an environment."
).add(
  HttpApiEndpoint.get("ofApi", "/api/v1/operations/inspection", { success: Inspection }).annotate(
    OpenApi.Summary,
    "What the API sees of its database, storage and providers"
  ).annotate(OpenApi.Description, "Takes seconds, and buys one token.").annotate(ConcurrencyLimit, "check"),
  HttpApiEndpoint.post("order", "/api/v1/operations/inspections", {
    success: InspectionOrder.pipe(HttpApiSchema.status(202))
  }).annotate(OpenApi.Summary, "Ask the workers for an inspection").annotate(
    OpenApi.Description,
    "One worker takes it, and reports what it sees from where it stands. An order that no worker has taken within a "
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
