/** The complete API as a layer over the ports it needs; the caller provides the ports and a server. */
import { Deferred, Effect, Layer } from "effect"
import { HttpMiddleware, HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { httpRequests } from "../../../otel/metrics/httpRequests.ts"
import { Api } from "../../api/Api.ts"
import { IntakeOptions } from "../../intake/IntakeOptions.ts"
import { AlertsLive } from "../alerts.ts"
import { AuditLive } from "../audit.ts"
import { CallbacksLive } from "../callbacks.ts"
import { DiagnosisLive } from "../diagnosis.ts"
import { DocumentsLive } from "../documents.ts"
import { HealthLive } from "../health.ts"
import { InspectionsLive } from "../inspections.ts"
import { InstallationLive } from "../installation.ts"
import { JobsLive } from "../jobs.ts"
import { KeysLive } from "../keys.ts"
import { AccessLive } from "../middleware/AccessLive.ts"
import { IdempotencyLive } from "../middleware/IdempotencyLive.ts"
import { KnownFieldsLive } from "../middleware/KnownFieldsLive.ts"
import { ProblemsLive } from "../middleware/ProblemsLive.ts"
import { OperationsLive } from "../operations.ts"
import { OverviewLive } from "../overview.ts"
import { QuotesLive } from "../quotes.ts"
import { ReleasesLive } from "../releases.ts"
import { SearchLive } from "../search.ts"
import { StorageLive } from "../storage.ts"
import { UploadContentLive } from "../uploadContent.ts"
import { UploadsLive } from "../uploads.ts"
import { UsersLive } from "../users.ts"
import { WebhooksLive } from "../webhooks.ts"
import { AtOnce } from "./AtOnce.ts"
import { behindProxies } from "./behindProxies.ts"
import { DatabaseFacts } from "./DatabaseFacts.ts"
import { documentation } from "./documentation.ts"
import { Draining, Stopping } from "./Draining.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { JobWatches } from "./JobWatches.ts"
import { requests } from "./requests.ts"
import { UploadHealth } from "./UploadHealth.ts"

const handlers = Layer.mergeAll(
  DocumentsLive,
  UploadsLive,
  UploadContentLive,
  JobsLive,
  SearchLive,
  KeysLive,
  AuditLive,
  OperationsLive,
  AlertsLive,
  OverviewLive,
  DiagnosisLive,
  InstallationLive,
  InspectionsLive,
  ReleasesLive,
  StorageLive,
  UsersLive,
  QuotesLive,
  WebhooksLive,
  CallbacksLive,
  HealthLive
)

const intakeOptions = Layer.effect(
  IntakeOptions,
  Effect.map(HttpOptions, ({ bounds, chunker, maxUploadBytes }) => ({
    chunker,
    maxUploadBytes,
    quotaBytes: bounds.storageMb * 1_000_000
  }))
)

const routes = Layer.mergeAll(
  HttpApiBuilder.layer(Api).pipe(
    Layer.provide(handlers),
    Layer.provide(intakeOptions),
    Layer.provide([AccessLive, IdempotencyLive, KnownFieldsLive, ProblemsLive])
  ),
  documentation,
  HttpRouter.add("GET", "/", HttpServerResponse.redirect("/docs")),
  requests,
  httpRequests
)

/** Built last and released first, so that streams end before the server waits for them. */
const drain = Layer.effectDiscard(Effect.gen(function*() {
  const [stopping, draining] = [yield* Stopping, yield* Draining]
  const { stopDelay } = yield* HttpOptions
  yield* Effect.addFinalizer(() =>
    Deferred.succeed(stopping, undefined).pipe(
      Effect.andThen(Effect.sleep(stopDelay)),
      Effect.andThen(Deferred.succeed(draining, undefined))
    )
  )
}))

const quiet = { disableLogger: true, disableListenLog: true }

/** The routes, with or without trusted proxies in front. */
const served = Layer.unwrap(Effect.map(HttpOptions, ({ trustedProxies }) =>
  trustedProxies.networks.length === 0
    ? HttpRouter.serve(routes, quiet)
    : HttpRouter.serve(routes, { ...quiet, middleware: behindProxies(trustedProxies) }).pipe(
      Layer.provide(Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true))
    )))

/** Serves the API for as long as the layer lives. */
export const HttpApp = drain.pipe(
  Layer.provide(served),
  Layer.provide([
    AtOnce.layer,
    Draining.layer,
    Stopping.layer,
    UploadHealth.layer,
    JobWatches.layer,
    DatabaseFacts.layer
  ])
)
