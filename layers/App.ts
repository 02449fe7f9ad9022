/**
 * Chooses the adapter behind each port; nothing else does. The README has the same table. `Stores` run on the database that
 * the settings name; `Vendors` are the external services or their replacements.
 */
import { NodeFileSystem, NodeHttpClient } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg/PgClient"
import { Duration, Effect, type FileSystem, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { SqlClient, type SqlError } from "effect/sql"
import type { DocumentParser } from "../services/DocumentParser.ts"
import type { ObjectStorage } from "../services/ObjectStorage.ts"
import type { StorageInspection } from "../services/StorageInspection.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"
import { sinkTimeout } from "../src/policy/alertSinks.ts"
import { deliveryTimeout } from "../src/policy/deliveries.ts"
import { uploads } from "../src/policy/uploads.ts"
import { Settings } from "../src/settings/Settings.ts"
import { AlertSinksConfigured } from "./AlertSinks/Configured.ts"
import { ChunkerThread } from "./Chunker/Thread.ts"
import { DocumentParserLlamaParse } from "./DocumentParser/LlamaParse.ts"
import { DocumentParserLocal } from "./DocumentParser/Local.ts"
import { TextPreviewLocal } from "./DocumentParser/Preview.ts"
import { EgressNode, resolveBySystem } from "./Egress/Node.ts"
import { EmbedderOpenAI } from "./Embedder/OpenAI.ts"
import { IdsRandom } from "./Ids/Random.ts"
import { InventoryThread } from "./Inventory/Thread.ts"
import { ObjectStorageFilesystem } from "./ObjectStorage/Filesystem.ts"
import { StorageInspectionFilesystem } from "./ObjectStorage/FilesystemInspection.ts"
import { ObjectStorageS3 } from "./ObjectStorage/S3.ts"
import { StorageInspectionS3 } from "./ObjectStorage/S3Inspection.ts"
import { ObjectStorageSupabase } from "./ObjectStorage/Supabase.ts"
import { StorageInspectionSupabase } from "./ObjectStorage/SupabaseInspection.ts"
import { ApiKeysSql } from "./Postgres/access/ApiKeys.ts"
import { AuditLogSql } from "./Postgres/access/AuditLog.ts"
import { AnswersKept, IdempotencyKeysSql } from "./Postgres/access/IdempotencyKeys.ts"
import { AlertFactsSourceSql } from "./Postgres/alerts/AlertFactsSource.ts"
import { AlertRoundsSql } from "./Postgres/alerts/AlertRounds.ts"
import { AlertsSql } from "./Postgres/alerts/Alerts.ts"
import { CircuitsSql } from "./Postgres/circuits/Circuits.ts"
import type { DatabaseUnreachable } from "./Postgres/connection/DatabaseUnreachable.ts"
import { Notifications } from "./Postgres/connection/listen.ts"
import { anyValues, DatabasePostgres } from "./Postgres/connection/Postgres.ts"
import { SlowReads } from "./Postgres/connection/SlowReads.ts"
import { VectorParameters } from "./Postgres/connection/VectorParameters.ts"
import { DiagnosisSql } from "./Postgres/diagnosis/Diagnosis.ts"
import { InspectionsSql } from "./Postgres/diagnosis/Inspections.ts"
import { ChunksSql } from "./Postgres/documents/Chunks.ts"
import { DocumentsSql } from "./Postgres/documents/Documents.ts"
import { ErasuresSql } from "./Postgres/documents/Erasures.ts"
import { ObjectNamesSql } from "./Postgres/documents/ObjectNames.ts"
import { UploadsSql } from "./Postgres/documents/Uploads.ts"
import { BeatDatabase, JobQueueSql } from "./Postgres/jobs/JobQueue.ts"
import { JobsSql } from "./Postgres/jobs/Jobs.ts"
import { DatabaseLimit } from "./Postgres/overview/capacity.ts"
import { OverviewSql } from "./Postgres/overview/Overview.ts"
import { PipelineStatsSql } from "./Postgres/overview/PipelineStats.ts"
import { DatabasePglite } from "./Postgres/pglite/Pglite.ts"
import { ReleasesSql } from "./Postgres/releases/Releases.ts"
import { type RoleRefused, takeServiceRole } from "./Postgres/schema/checkRoles.ts"
import { migrate } from "./Postgres/schema/migrate.ts"
import { HealthSql } from "./Postgres/upkeep/Health.ts"
import { HourlyFiguresSql } from "./Postgres/upkeep/HourlyFigures.ts"
import { RetentionSql } from "./Postgres/upkeep/Retention.ts"
import { UserDataSql } from "./Postgres/users/UserData.ts"
import { BudgetsSql } from "./Postgres/vectors/Budgets.ts"
import { DefaultBudget } from "./Postgres/vectors/spending.ts"
import { VectorsSql } from "./Postgres/vectors/Vectors.ts"
import { CallbacksSql } from "./Postgres/webhooks/Callbacks.ts"
import { DeliveryQueueSql } from "./Postgres/webhooks/DeliveryQueue.ts"
import { WebhooksSql } from "./Postgres/webhooks/Webhooks.ts"
import { ReachNode } from "./Reach/Node.ts"
import { TokenVerifierJose } from "./TokenVerifier/Jose.ts"

export const migrations = new URL("../migrations", import.meta.url).pathname

/** Without `DATABASE_URL`: PGlite in the data directory, with a single session. */
const databaseAs = (as: "service" | "login", connections?: number) =>
  Layer.unwrap(Effect.map(
    Settings,
    ({ bounds, dataDir, databaseConnections, databaseUrl }): Layer.Layer<
      PgClient | SqlClient.SqlClient,
      DatabaseUnreachable | RoleRefused | SqlError.SqlError
    > =>
      databaseUrl === undefined
        ? DatabasePglite({ dataDir })
        : DatabasePostgres({
          url: databaseUrl,
          maxConnections: connections ?? databaseConnections,
          applicationName: "accessa",
          as,
          parameters: { "accessa.deliveries_waiting": String(bounds.deliveriesWaiting) }
        })
  ))

/** Connects as the user in `DATABASE_URL`, who may change the schema; closed before the service's pool is opened. */
export const LoginDatabase = databaseAs("login")

/** Returns the names of the applied migrations. */
export const migrateDatabase = Effect.gen(function*() {
  const { bounds: { deliveriesWaiting }, databaseUrl } = yield* Settings
  const ran = yield* migrate(migrations)
  if (databaseUrl === undefined) {
    yield* takeServiceRole
    const sql = yield* SqlClient.SqlClient
    yield* sql`SELECT set_config('accessa.deliveries_waiting', ${String(deliveriesWaiting)}, false)`
  }
  return ran
})

/** A local database is migrated by the first process to start; elsewhere `pnpm migrate` runs before a release. */
const MigratedDatabase = Layer.unwrap(Effect.gen(function*() {
  const { databaseUrl, env } = yield* Settings
  if (env !== "local") return databaseAs("service")
  if (databaseUrl === undefined) return Layer.provideMerge(Layer.effectDiscard(migrateDatabase), LoginDatabase)
  yield* Effect.provide(migrateDatabase, LoginDatabase)
  return databaseAs("service")
}))

/** A connection that no job can take; the embedded database has only one session anyway. */
const HeartbeatConnection = Layer.unwrap(Effect.map(Settings, ({ databaseUrl }) => {
  const beats = Layer.effect(BeatDatabase, SqlClient.SqlClient)
  return databaseUrl === undefined
    ? beats
    : Layer.provide(
      beats,
      DatabasePostgres({ url: databaseUrl, maxConnections: 1, applicationName: "accessa heartbeat", as: "service" })
    )
}))

const QueueFromSettings = Layer.unwrap(
  Effect.map(Settings, ({ worker }) => JobQueueSql({ lease: Duration.seconds(worker.leaseSeconds) }))
)

/** The audit check sets its own, longer timeout. */
const SlowConnections = Layer.unwrap(Effect.gen(function*() {
  const { bounds, databaseUrl } = yield* Settings
  if (databaseUrl === undefined) return SlowReads.layer(1)
  const connections = bounds.searches + bounds.checks
  const { config } = yield* PgClient
  return Layer.provide(
    SlowReads.layer(connections),
    DatabasePostgres({
      url: databaseUrl,
      maxConnections: connections,
      applicationName: "accessa slow reads",
      as: "service",
      parameters: { statement_timeout: `${bounds.searchSeconds}s`, ...anyValues },
      types: config.types
    })
  )
}))

/** Every store, over a `SqlClient`, a `PgClient`, a `BeatDatabase` and `SlowReads`. */
export const storesWith = <A, E, R>(queue: Layer.Layer<A, E, R>) =>
  Layer.mergeAll(
    queue,
    AlertFactsSourceSql,
    AlertRoundsSql,
    AlertsSql,
    ApiKeysSql,
    BudgetsSql,
    AuditLogSql,
    ChunkerThread,
    ChunksSql,
    InventoryThread,
    CircuitsSql,
    DeliveryQueueSql,
    DocumentsSql,
    ErasuresSql,
    HourlyFiguresSql,
    Layer.provide(Layer.merge(DiagnosisSql(migrations), HealthSql(migrations)), NodeFileSystem.layer),
    IdempotencyKeysSql,
    InspectionsSql,
    JobsSql,
    ObjectNamesSql,
    OverviewSql,
    PipelineStatsSql,
    ReleasesSql,
    RetentionSql,
    UserDataSql,
    UploadsSql,
    VectorsSql,
    CallbacksSql,
    WebhooksSql
  ).pipe(
    Layer.provideMerge(Layer.mergeAll(VectorParameters.layer, Notifications.layer, IdsRandom))
  )

const BudgetByDefault = Layer.effect(
  DefaultBudget,
  Effect.map(Settings, ({ defaultBudgetUsd }) => defaultBudgetUsd ?? null)
)

const AnswersFromSettings = Layer.effect(AnswersKept, Effect.map(Settings, ({ answersKept }) => answersKept))

const LimitFromSettings = Layer.effect(
  DatabaseLimit,
  Effect.map(Settings, ({ databaseLimitGb }) => databaseLimitGb === undefined ? null : databaseLimitGb * 1e9)
)

export const Stores = storesWith(QueueFromSettings).pipe(
  Layer.provide([AnswersFromSettings, BudgetByDefault, HeartbeatConnection, LimitFromSettings, SlowConnections]),
  Layer.provideMerge(MigratedDatabase)
)

const Storage = Layer.unwrap(Effect.map(
  Settings,
  ({ dataDir, storage }): Layer.Layer<
    ObjectStorage | StorageInspection,
    ServiceError,
    FileSystem.FileSystem | HttpClient.HttpClient
  > => {
    const callTimeout = "30 seconds"
    const over = "2500 millis"
    switch (storage.kind) {
      case "filesystem": {
        const folder = { directory: `${dataDir}/storage` }
        return Layer.merge(ObjectStorageFilesystem(folder), StorageInspectionFilesystem(folder))
      }
      case "supabase": {
        const options = { ...storage, callTimeout, uploadTimeout: "10 minutes" } as const
        return Layer.merge(ObjectStorageSupabase(options), StorageInspectionSupabase({ ...options, over }))
      }
      case "s3": {
        const options = { ...storage, callTimeout, partTimeout: "2 minutes", addressLasts: uploads.url } as const
        return Layer.merge(ObjectStorageS3(options), StorageInspectionS3({ ...options, over }))
      }
    }
  }
))

/** One pool of threads, also if it serves both jobs and quotes. */
const LocalParser = Layer.unwrap(
  Effect.map(Settings, ({ ocrLanguages }) => DocumentParserLocal({ languages: ocrLanguages }))
)

const Parser = Layer.unwrap(Effect.map(
  Settings,
  ({ llamaparse, parser }): Layer.Layer<DocumentParser, never, HttpClient.HttpClient | Settings> => {
    switch (parser) {
      case "local":
        return LocalParser
      case "llamaparse":
        return DocumentParserLlamaParse({ ...llamaparse, callTimeout: "60 seconds", uploadTimeout: "10 minutes" })
    }
  }
))

export const Embeddings = Layer.unwrap(
  Effect.map(Settings, ({ openai }) => EmbedderOpenAI({ ...openai, timeout: "60 seconds" }))
)

export const Vendors = Layer.mergeAll(Storage, Parser, Layer.provide(TextPreviewLocal, LocalParser), Embeddings).pipe(
  Layer.provide(Layer.mergeAll(NodeHttpClient.layerUndici, IdsRandom))
)

const Tokens = Layer.unwrap(Effect.map(Settings, ({ supabaseTokens }) => TokenVerifierJose(supabaseTokens)))

/** For user-supplied addresses. */
const EgressFromSettings = Layer.unwrap(Effect.map(Settings, ({ egressAllowPrivate, env }) =>
  EgressNode({
    allowPrivate: egressAllowPrivate,
    httpsOnly: env !== "local",
    timeout: deliveryTimeout,
    resolve: resolveBySystem
  })))

/** The operator chooses the address of the webhook: plain http is possible where private networks are. */
export const Sinks = Layer.unwrap(
  Effect.map(Settings, ({ alertSinks, alertWebhookAllowPrivate, env }) =>
    AlertSinksConfigured(alertSinks).pipe(
      Layer.provide(EgressNode({
        allowPrivate: alertWebhookAllowPrivate,
        httpsOnly: env !== "local" && !alertWebhookAllowPrivate,
        timeout: sinkTimeout,
        resolve: resolveBySystem
      })),
      Layer.provide(NodeHttpClient.layerUndici)
    ))
)

/** What the monitor needs of the database, on connections of its own. */
export const AlertStores = Layer.mergeAll(AlertRoundsSql, AlertFactsSourceSql).pipe(
  Layer.provide(BudgetByDefault),
  Layer.provide(databaseAs("service", 3))
)

/** What a deployment keeps in the database, on connections of its own. */
export const ReleaseStores = ReleasesSql.pipe(Layer.provide(IdsRandom), Layer.provide(databaseAs("service", 2)))

/** Everything the API and the worker depend on. */
export const AppLive = Layer.mergeAll(Stores, Vendors, Tokens, EgressFromSettings, ReachNode)
