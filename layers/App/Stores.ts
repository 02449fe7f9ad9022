/** The adapters of every port that is kept in the database. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Duration, Effect, Layer } from "effect"
import { Settings } from "../../src/settings/Settings.ts"
import { ChunkerThread } from "../Chunker/Thread.ts"
import { IdsRandom } from "../Ids/Random.ts"
import { InventoryThread } from "../Inventory/Thread.ts"
import { ApiKeysSql } from "../Postgres/access/ApiKeys.ts"
import { AuditLogSql } from "../Postgres/access/AuditLog.ts"
import { AnswersKept, IdempotencyKeysSql } from "../Postgres/access/IdempotencyKeys.ts"
import { AlertFactsSourceSql } from "../Postgres/alerts/AlertFactsSource.ts"
import { AlertRoundsSql } from "../Postgres/alerts/AlertRounds.ts"
import { AlertsSql } from "../Postgres/alerts/Alerts.ts"
import { CircuitsSql } from "../Postgres/circuits/Circuits.ts"
import { Notifications } from "../Postgres/connection/listen.ts"
import { VectorParameters } from "../Postgres/connection/VectorParameters.ts"
import { DiagnosisSql } from "../Postgres/diagnosis/Diagnosis.ts"
import { InspectionsSql } from "../Postgres/diagnosis/Inspections.ts"
import { ChunksSql } from "../Postgres/documents/Chunks.ts"
import { DocumentsSql } from "../Postgres/documents/Documents.ts"
import { ErasuresSql } from "../Postgres/documents/Erasures.ts"
import { ObjectNamesSql } from "../Postgres/documents/ObjectNames.ts"
import { UploadsSql } from "../Postgres/documents/Uploads.ts"
import { JobQueueSql } from "../Postgres/jobs/JobQueue.ts"
import { JobsSql } from "../Postgres/jobs/Jobs.ts"
import { DatabaseLimit } from "../Postgres/overview/capacity.ts"
import { OverviewSql } from "../Postgres/overview/Overview.ts"
import { PipelineStatsSql } from "../Postgres/overview/PipelineStats.ts"
import { ReleasesSql } from "../Postgres/releases/Releases.ts"
import { ComplianceChecksSql } from "../Postgres/upkeep/ComplianceChecks.ts"
import { HealthSql } from "../Postgres/upkeep/Health.ts"
import { HourlyFiguresSql } from "../Postgres/upkeep/HourlyFigures.ts"
import { RetentionSql } from "../Postgres/upkeep/Retention.ts"
import { UserDataSql } from "../Postgres/users/UserData.ts"
import { BudgetsSql } from "../Postgres/vectors/Budgets.ts"
import { DefaultBudget } from "../Postgres/vectors/spending.ts"
import { VectorsSql } from "../Postgres/vectors/Vectors.ts"
import { CallbacksSql } from "../Postgres/webhooks/Callbacks.ts"
import { DeliveryQueueSql } from "../Postgres/webhooks/DeliveryQueue.ts"
import { WebhooksSql } from "../Postgres/webhooks/Webhooks.ts"
import { databaseAs, MigratedDatabase, migrations, SlowConnections } from "./Database.ts"

const QueueFromSettings = Layer.unwrap(
  Effect.map(Settings, ({ worker }) => JobQueueSql({ lease: Duration.seconds(worker.leaseSeconds) }))
)

/** Every store, over a `SqlClient`, a `PgClient` and `SlowReads`. */
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
    ComplianceChecksSql,
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
  Layer.provide([AnswersFromSettings, BudgetByDefault, LimitFromSettings, SlowConnections]),
  Layer.provideMerge(MigratedDatabase)
)

/** What the monitor needs of the database, on connections of its own. */
export const AlertStores = Layer.mergeAll(AlertRoundsSql, AlertFactsSourceSql).pipe(
  Layer.provide(BudgetByDefault),
  Layer.provide(databaseAs("service", 3))
)

/** What a deployment keeps in the database, on connections of its own. */
export const ReleaseStores = ReleasesSql.pipe(Layer.provide(IdsRandom), Layer.provide(databaseAs("service", 2)))
