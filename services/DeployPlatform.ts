/** Where the services of an environment run, and how another version of them gets there. */
import { Context, Data, type Effect, type Option, type Redacted, Schema } from "effect"

/** The message is for operators and contains no secret. */
export class PlatformFailed extends Schema.TaggedError<PlatformFailed>()("PlatformFailed", {
  message: Schema.String,
  /** False: the platform refused, and would refuse the same call again. */
  retryable: Schema.Boolean
}) {}

export interface DeployedService {
  readonly name: string
  /** None: no version of it has ever been live. */
  readonly live: Option.Option<LiveVersion>
  readonly replicas: number
  /** Whether the platform deploys new commits automatically. */
  readonly autodeploy: boolean
}

export interface LiveVersion {
  /** As `deploy` takes it: a commit or an image. */
  readonly version: string
  /** As `rollback` takes it. */
  readonly deployment: string
}

export type Progress = Data.TaggedEnum<{
  Working: {}
  Live: {}
  /** The version before it is still live, if the platform starts the new one beside it. */
  Failed: { readonly reason: string }
}>
export const Progress = Data.taggedEnum<Progress>()

/** Values by name. */
export type ServiceSettings = Readonly<Record<string, Redacted.Redacted>>

export class DeployPlatform extends Context.Service<DeployPlatform, {
  /** Fails if the platform does not know one of the names. */
  readonly services: (
    names: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<DeployedService>, PlatformFailed>
  /** A platform without autodeploy has nothing to switch off, and refuses to switch it on. */
  readonly setAutodeploy: (service: string, on: boolean) => Effect.Effect<void, PlatformFailed>
  /** Those that the platform keeps for the service. A platform may keep one set for all services. */
  readonly settings: (service: string) => Effect.Effect<ServiceSettings, PlatformFailed>
  /** Taken at the next deployment. `None` removes a setting. Names that are not given stay as they are. */
  readonly changeSettings: (
    service: string,
    changes: Readonly<Record<string, Option.Option<Redacted.Redacted>>>
  ) => Effect.Effect<void, PlatformFailed>
  /**
   * Begins a deployment. If this version is already being deployed or live there, nothing begins, so that a caller that was
   * interrupted may ask again.
   */
  readonly deploy: (service: string, version: string) => Effect.Effect<string, PlatformFailed>
  /** Begins a return to a recorded deployment; the same call again begins nothing more. */
  readonly rollback: (service: string, to: LiveVersion) => Effect.Effect<string, PlatformFailed>
  /** How far a deployment is that `deploy` or `rollback` has begun. Ask again while it is `Working`: it may also do the next step. */
  readonly progress: (service: string, deployment: string) => Effect.Effect<Progress, PlatformFailed>
  /** How many instances of the version that is there should run. */
  readonly scale: (service: string, replicas: number) => Effect.Effect<void, PlatformFailed>
}>()("accessa/services/DeployPlatform") {}
