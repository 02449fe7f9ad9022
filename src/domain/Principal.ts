/** Who asks: the user whose rows a request may touch, and what the credential allows. */
import { Schema } from "effect"
import type { UserId } from "./Ids.ts"

/** Each may what the ones before it may. */
export const Role = Schema.Literals(["viewer", "user", "operator", "admin"])
export type Role = typeof Role.Type

export const KeyId = Schema.String.check(Schema.isUUID()).pipe(Schema.brand("KeyId"))
export type KeyId = typeof KeyId.Type

export interface Principal {
  readonly userId: UserId
  readonly role: Role
  /** What proved it, as the audit log names it: `key:<id>` or `token:<user>`. */
  readonly actor: string
}

export const atLeast = (role: Role, needed: Role): boolean =>
  Role.literals.indexOf(role) >= Role.literals.indexOf(needed)
