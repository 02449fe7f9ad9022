/** The body of a v2 parse, as far as it affects the mock; the vendor's other options are accepted and stored. */
import { Schema } from "effect"

export const Tier = Schema.Literals(["fast", "cost_effective", "agentic", "agentic_plus"])
export type Tier = typeof Tier.Type

export const creditsPerPage: Readonly<Record<Tier, number>> = {
  fast: 1,
  cost_effective: 3,
  agentic: 10,
  agentic_plus: 45
}

/** The newest versions known to the vendor's SDK, and the oldest. */
export const versions: Readonly<Record<Tier, ReadonlyArray<string>>> = {
  fast: ["2026-06-15", "2025-12-11"],
  cost_effective: ["2026-08-19", "2025-12-11"],
  agentic: ["2026-09-07", "2025-12-11"],
  agentic_plus: ["2026-08-19", "2025-12-11"]
}

export const latestVersion = (tier: Tier): string => versions[tier][0] ?? "latest"

export const ParseEvent = Schema.Literals([
  "parse.pending",
  "parse.running",
  "parse.success",
  "parse.error",
  "parse.partial_success",
  "parse.cancelled"
])
export type ParseEvent = typeof ParseEvent.Type

const optionalNull = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

export const WebhookConfiguration = Schema.Struct({
  webhook_url: Schema.String,
  webhook_events: optionalNull(Schema.NonEmptyArray(Schema.String)),
  webhook_headers: optionalNull(Schema.Record(Schema.String, Schema.String)),
  webhook_output_format: optionalNull(Schema.Literals(["string", "json"])),
  webhook_signing_secret: optionalNull(Schema.String)
})
export type WebhookConfiguration = typeof WebhookConfiguration.Type

const fields = {
  tier: Tier,
  version: Schema.NonEmptyString,
  disable_cache: optionalNull(Schema.Boolean),
  page_ranges: optionalNull(Schema.Struct({
    max_pages: optionalNull(Schema.Int),
    target_pages: optionalNull(Schema.String)
  })),
  user_metadata: optionalNull(Schema.Record(Schema.String, Schema.String)),
  webhook_configurations: optionalNull(Schema.Array(WebhookConfiguration)),
  webhook_configuration_ids: optionalNull(Schema.Array(Schema.String))
}

export const Configuration = Schema.Struct(fields)
export type Configuration = typeof Configuration.Type

/** The body of a JSON create: the configuration and what to parse. */
export const CreateBody = Schema.Struct({
  ...fields,
  file_id: optionalNull(Schema.String),
  source_url: optionalNull(Schema.String)
})
