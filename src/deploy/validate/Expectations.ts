/** What `accessa deploy validate` expects of an environment: the files of config/. Never a secret. */
import { Schema } from "effect"
import { snakeKeys } from "../../domain/snakeKeys.ts"
import { HttpUrl } from "../../settings/Setting.ts"

export const Family = Schema.Literals(["ipv4", "ipv6"])
export type Family = typeof Family.Type

const families = Schema.NonEmptyArray(Family)
const Environment = Schema.Literals(["local", "staging", "production"])
const positive = Schema.Int.check(Schema.isGreaterThan(0))
const names = Schema.Array(Schema.NonEmptyString)
const versionText = Schema.String.check(
  Schema.isPattern(/^\d+(?:\.\d+){0,2}$/, { message: "Expected a version such as 0.8.0" })
)

const BucketExpectation = snakeKeys({
  /** Null: without a limit of its own. */
  maxBytes: Schema.NullOr(positive),
  /** Empty: any. */
  mediaTypes: names
})
export type BucketExpectation = typeof BucketExpectation.Type

export const Expectations = snakeKeys({
  environment: Environment,
  /** ACCESSA_ENV of the processes where it is another: the containers of a laptop run as staging. */
  runsAs: Schema.optionalKey(Environment),
  api: snakeKeys({
    url: HttpUrl,
    /** Its names on the processes' own network, if the workers' PUBLIC_URL has one: callbacks of mock providers come from there. */
    insideHosts: Schema.optionalKey(names),
    /** Over each of these the API must answer. */
    reach: families,
    /** The certificate is valid for at least so many days more. Null: plain http is allowed. */
    certificateDays: Schema.NullOr(positive),
    /** Beside the headers that this release sets on every answer. */
    headers: Schema.Record(Schema.String, Schema.String),
    /** Web pages of other origins that may call it. */
    allowedOrigins: names
  }),
  database: snakeKeys({
    /** Empty: the embedded database. */
    hosts: names,
    reach: Schema.Array(Family),
    /** `session`: DATABASE_URL leads to a pooler in session mode. */
    pooler: Schema.Literals(["none", "session"]),
    /** `require` also verifies the certificate. */
    tls: Schema.Literals(["none", "require"]),
    /** The most that the server, or its pool, gives to all our processes together. Null: no budget. */
    connections: Schema.NullOr(positive),
    /** At least. */
    postgres: positive,
    pgvector: versionText
  }),
  storage: snakeKeys({
    kind: Schema.Literals(["filesystem", "supabase", "s3"]),
    hosts: names,
    buckets: Schema.Struct({ raw: BucketExpectation, parsed: BucketExpectation }),
    /** The longest life of a signed upload address. */
    addressMinutes: positive
  }),
  parser: snakeKeys({ kind: Schema.Literals(["llamaparse", "local"]), hosts: names }),
  embeddings: snakeKeys({
    hosts: names,
    model: Schema.NonEmptyString,
    version: Schema.NonEmptyString,
    dimensions: positive,
    /** Per minute, at least. Null: the provider states no limit. */
    requestsPerMinute: Schema.NullOr(positive),
    tokensPerMinute: Schema.NullOr(positive),
    /** The share of both that must be left now. */
    headroomPercent: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))
  }),
  workers: snakeKeys({ minimum: positive }),
  versions: snakeKeys({ node: positive }),
  settings: snakeKeys({
    /** Names of variables that hold secrets and must be set. */
    secrets: names,
    /** Further names that must be set. */
    required: names,
    /** Must not be set; `*` stands for any letters. */
    unset: names
  }),
  /** The oldest API key in use. Null: any age. */
  keys: snakeKeys({ oldestDays: Schema.NullOr(positive) }),
  /** The recorded baseline with which the canary's receipt is compared. */
  baseline: Schema.NonEmptyString
})
export type Expectations = typeof Expectations.Type
