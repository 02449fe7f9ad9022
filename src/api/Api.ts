/**
 * The HTTP API's contract: every route with its input, answers and problems. No code, so that clients can be derived from
 * it.
 */
import { HttpApi, OpenApi } from "effect/http-api"
import { Access } from "./Access.ts"
import { AlertsGroup } from "./alerts.ts"
import { AuditGroup } from "./audit.ts"
import { CallbacksGroup } from "./callbacks.ts"
import { DiagnosisGroup } from "./diagnosis.ts"
import { DocumentsGroup } from "./documents.ts"
import { HealthGroup } from "./health.ts"
import { InspectionsGroup } from "./inspections.ts"
import { InstallationGroup } from "./installation.ts"
import { JobsGroup } from "./jobs.ts"
import { KeysGroup } from "./keys.ts"
import { KnownFields, strictBodies } from "./KnownFields.ts"
import { describe } from "./openapi/describe.ts"
import { BudgetsGroup, ProvidersGroup, StorageGroup } from "./operations.ts"
import { MeGroup, OverviewGroup } from "./overview.ts"
import { Problems } from "./Problems.ts"
import { QuotesGroup } from "./quotes.ts"
import { ReleasesGroup } from "./releases.ts"
import { routesOf } from "./routes.ts"
import { SearchGroup } from "./search.ts"
import { UploadContentGroup, UploadsGroup } from "./uploads.ts"
import { UsersGroup } from "./users.ts"
import { WebhooksGroup } from "./webhooks.ts"

/** The only routes without a credential: each checks a signature of ours, or tells nothing about anyone. */
const open = HttpApi.make("open").add(UploadContentGroup).add(CallbacksGroup).add(HealthGroup).middleware(
  KnownFields
)

/** Groups added here require a credential. */
const guarded = HttpApi.make("accessa")
  .add(DocumentsGroup)
  .add(UploadsGroup)
  .add(JobsGroup)
  .add(SearchGroup)
  .add(KeysGroup)
  .add(AuditGroup)
  .add(ProvidersGroup)
  .add(AlertsGroup)
  .add(StorageGroup)
  .add(BudgetsGroup)
  .add(UsersGroup)
  .add(QuotesGroup)
  .add(WebhooksGroup)
  .add(MeGroup)
  .add(OverviewGroup)
  .add(DiagnosisGroup)
  .add(InstallationGroup)
  .add(InspectionsGroup)
  .add(ReleasesGroup)
  .middleware(KnownFields)
  .middleware(Access)

const groups = guarded.addHttpApi(open).middleware(Problems).annotate(HttpApi.PayloadParseOptions, strictBodies)

export const routes = routesOf(groups)

export class Api extends groups.annotateMerge(
  OpenApi.annotations({
    title: "Accessa Ingestion",
    version: "1.0.0",
    transform: (description) => describe(routes, description),
    description:
      "Turns uploaded documents into verified text chunks and embedding vectors in Postgres, and proves it did."
  })
) {}
