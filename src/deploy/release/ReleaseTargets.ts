/** Where the command reaches what it deploys to: the platform's API, and the environment's database. */
import { Context, type Effect, Schema, type Scope } from "effect"
import type { DeployPlatform } from "../../../services/DeployPlatform.ts"
import type { Ids } from "../../../services/Ids.ts"
import type { Releases } from "../../../services/Releases.ts"
import type { Migration, StackUnknown } from "./ReleaseStack.ts"

export const PlatformName = Schema.Literals(["render", "compose", "kubernetes"])
export type PlatformName = typeof PlatformName.Type

export interface Place {
  /** Where Compose's files are. */
  readonly directory: string
  /** Of Kubernetes; absent: accessa. */
  readonly namespace?: string
}

export class TargetUnreachable extends Schema.TaggedError<TargetUnreachable>()("TargetUnreachable", {
  message: Schema.String
}) {}

export class ReleaseDatabase extends Context.Service<ReleaseDatabase, {
  readonly migration: Effect.Effect<number, StackUnknown>
  readonly migrations: ReadonlyArray<Migration>
  readonly migrate: Effect.Effect<void, StackUnknown>
}>()("accessa/deploy/ReleaseDatabase") {}

export class ReleaseTargets extends Context.Service<ReleaseTargets, {
  /** The record of releases, in the database that `DATABASE_URL` names. */
  readonly record: Effect.Effect<Context.Context<Releases>, TargetUnreachable, Scope.Scope>
  readonly platform: (
    platform: PlatformName,
    place: Place
  ) => Effect.Effect<Context.Context<DeployPlatform>, TargetUnreachable, Scope.Scope>
  readonly open: (
    platform: PlatformName,
    place: Place
  ) => Effect.Effect<Context.Context<DeployPlatform | Ids | ReleaseDatabase | Releases>, TargetUnreachable, Scope.Scope>
}>()("accessa/deploy/ReleaseTargets") {}
