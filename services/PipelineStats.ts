/** Numbers of the whole pipeline, for the metrics. Read only. */
import { Context, type Effect, type Option } from "effect"
import type { PipelineStats as Stats, StatementStats } from "../src/domain/PipelineStats.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class PipelineStats extends Context.Service<PipelineStats, {
  /** Its cost does not grow with the history. */
  readonly read: Effect.Effect<Stats, ServiceError>
  /** None where the database does not keep them. */
  readonly statements: Effect.Effect<Option.Option<StatementStats>, ServiceError>
}>()("accessa/services/PipelineStats") {}
