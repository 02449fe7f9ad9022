/** Verifies tokens of the identity provider and returns whom they identify. */
import { Context, type Effect, type Option, type Redacted } from "effect"
import type { Principal } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class TokenVerifier extends Context.Service<TokenVerifier, {
  /**
   * None if the token is forged, expired or meant for another audience; fails only if the provider's keys cannot be
   * fetched.
   */
  readonly verify: (token: Redacted.Redacted) => Effect.Effect<Option.Option<Principal>, ServiceError>
}>()("accessa/services/TokenVerifier") {}
