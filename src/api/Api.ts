/**
 * The HTTP API's contract: every route with its input, answers and problems. No code, so that clients can be derived from
 * it.
 */
import { HttpApi, OpenApi } from "effect/http-api"
import { AlertsGroup } from "./alerts.ts"
import { AuditGroup } from "./audit.ts"
import { CallbacksGroup } from "./callbacks.ts"
import { describeHeaders } from "./describeHeaders.ts"
import { DiagnosisGroup } from "./diagnosis.ts"
import { DocumentsGroup } from "./documents.ts"
import { HealthGroup } from "./health.ts"
import { InstallationGroup } from "./installation.ts"
import { JobsGroup } from "./jobs.ts"
import { KeysGroup } from "./keys.ts"
import { BudgetsGroup, ProvidersGroup, StorageGroup } from "./operations.ts"
import { MeGroup, OverviewGroup } from "./overview.ts"
import { Problems } from "./Problems.ts"
import { QuotesGroup } from "./quotes.ts"
import { routesOf } from "./routes.ts"
import { SearchGroup } from "./search.ts"
import { UploadContentGroup, UploadsGroup } from "./uploads.ts"
import { WebhooksGroup } from "./webhooks.ts"

const groups = HttpApi.make("accessa")
  .add(DocumentsGroup)
  .add(UploadsGroup)
  .add(UploadContentGroup)
  .add(JobsGroup)
  .add(SearchGroup)
  .add(KeysGroup)
  .add(AuditGroup)
  .add(ProvidersGroup)
  .add(AlertsGroup)
  .add(StorageGroup)
  .add(BudgetsGroup)
  .add(QuotesGroup)
  .add(WebhooksGroup)
  .add(CallbacksGroup)
  .add(MeGroup)
  .add(OverviewGroup)
  .add(DiagnosisGroup)
  .add(InstallationGroup)
  .add(HealthGroup)
  .middleware(Problems)

export const routes = routesOf(groups)

export class Api extends groups.annotateMerge(
  OpenApi.annotations({
    title: "Accessa Ingestion",
    version: "1.0.0",
    transform: (description) => describeHeaders(routes, description),
    description:
      "Turns uploaded documents into verified text chunks and embedding vectors in Postgres, and proves it did."
  })
) {}
