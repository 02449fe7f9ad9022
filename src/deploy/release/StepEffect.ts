/** A step to a new version: what it needs, and how it may end without a verdict. */
import type { Effect } from "effect"
import type { DeployPlatform, PlatformFailed } from "../../../services/DeployPlatform.ts"
import type { Ids } from "../../../services/Ids.ts"
import type { Releases } from "../../../services/Releases.ts"
import type { ServiceError } from "../../domain/ServiceError.ts"
import type { ReleaseStack, StackUnknown } from "./ReleaseStack.ts"
import type { Asked, ReleaseLost, Running, StepResult } from "./Running.ts"

export type StepEffect = Effect.Effect<
  StepResult,
  Asked | PlatformFailed | ReleaseLost | ServiceError | StackUnknown,
  DeployPlatform | Ids | ReleaseStack | Releases | Running
>
