/** What an environment is made of: versions, schema and settings by name and shape, never a value. */
import { Schema } from "effect"
import { snakeKeys } from "./snakeKeys.ts"

/** What a setting's value is like: `secret`, `number`, `flag`, `text`, or where an address leads. */
export const SettingShape = Schema.Literals([
  "unset",
  "secret",
  "number",
  "flag",
  "text",
  "address on this machine",
  "address in a private network",
  "public address"
])
export type SettingShape = typeof SettingShape.Type

/** A variable of the environment that is not a setting and looks like one. */
export const NearMiss = Schema.Struct({ name: Schema.String, meant: Schema.String })
export type NearMiss = typeof NearMiss.Type

/** A table, column, constraint, index, policy, trigger, function or grant, with the hash of its definition. */
const SchemaObject = Schema.Struct({ name: Schema.String, sha256: Schema.String })

export const DatabaseInstallation = snakeKeys({
  postgres: Schema.String,
  pgvector: Schema.String,
  /** The newest migration that has run. */
  migration: Schema.Int,
  objects: Schema.Array(SchemaObject)
})
export type DatabaseInstallation = typeof DatabaseInstallation.Type

/** The process that answers. */
export const ProcessInstallation = snakeKeys({
  /** ACCESSA_ENV. */
  environment: Schema.String,
  /** ACCESSA_VERSION, or the version in package.json. */
  version: Schema.String,
  node: Schema.String,
  settings: Schema.Array(Schema.Struct({ name: Schema.String, shape: SettingShape })),
  nearMisses: Schema.Array(NearMiss)
})
export type ProcessInstallation = typeof ProcessInstallation.Type
