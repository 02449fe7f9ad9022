/** The caller: the user whose rows a request may touch, and the role of its credential. */
import { Schema } from "effect"
import { AnyCase, type CorrelationId, type UserId } from "./Ids.ts"

/** Each role includes the rights of the ones before it. */
export const Role = Schema.Literals(["viewer", "user", "operator", "admin"])
export type Role = typeof Role.Type

export const KeyId = AnyCase.pipe(Schema.brand("KeyId"))
export type KeyId = typeof KeyId.Type

export interface Principal {
  readonly userId: UserId
  readonly role: Role
  /** The credential as the audit log names it: `key:<id>` or `token:<user>`. */
  readonly actor: string
}

/** Who makes a change and why, for the audit log. */
export interface By {
  readonly actor: string
  readonly role: string
  readonly reason: string | null
  readonly correlationId: CorrelationId | null
}

export const atLeast = (role: Role, needed: Role): boolean =>
  Role.literals.indexOf(role) >= Role.literals.indexOf(needed)
