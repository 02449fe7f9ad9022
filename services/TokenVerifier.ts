/** Tokens of the identity provider: who they speak for, if they are genuine and still good. */
import { Context, type Effect, type Option, type Redacted } from "effect"
import type { Principal } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class TokenVerifier extends Context.Service<TokenVerifier, {
  /** None for whatever is forged, expired or not meant for us; fails only where the provider's keys cannot be had. */
  readonly verify: (token: Redacted.Redacted) => Effect.Effect<Option.Option<Principal>, ServiceError>
}>()("accessa/services/TokenVerifier") {}
