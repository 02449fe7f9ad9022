/** What a process of the deployment sees of its surroundings: hosts and shapes, never a secret. */
import { Schema } from "effect"
import { Finding } from "./Finding.ts"
import { AnyCase, WorkerId } from "./Ids.ts"
import { ProcessInstallation } from "./Installation.ts"
import { snakeKeys } from "./snakeKeys.ts"

export const InspectionId = AnyCase.pipe(Schema.brand("InspectionId"))
export type InspectionId = typeof InspectionId.Type

export const InspectionPlace = Schema.Literals(["api", "worker"])
export type InspectionPlace = typeof InspectionPlace.Type

/** How a connection is made to an address. */
export const Protocol = Schema.Literals(["tcp", "tls", "postgres", "postgres over tls"])
export type Protocol = typeof Protocol.Type

export const Address = Schema.Struct({ name: Schema.String, host: Schema.String, port: Schema.Int, protocol: Protocol })
export type Address = typeof Address.Type

/** One attempt to connect. Null: the name has no address of this family. */
export const Attempt = Schema.NullOr(Schema.Struct({ ok: Schema.Boolean, said: Schema.String }))
export type Attempt = typeof Attempt.Type

export const Certificate = snakeKeys({
  /** Signed by an authority that this process trusts, and made for this name. */
  trusted: Schema.Boolean,
  said: Schema.String,
  validTo: Schema.DateTimeUtcFromString
})
export type Certificate = typeof Certificate.Type

export const Reached = Schema.Struct({
  ...Address.fields,
  ipv4: Attempt,
  ipv6: Attempt,
  /** Null: no TLS was requested, or no connection was made. */
  certificate: Schema.NullOr(Certificate)
})
export type Reached = typeof Reached.Type

/** What was found, or why nothing was. */
const look = <S extends Schema.Constraint>(found: S) =>
  Schema.Struct({ found: Schema.NullOr(found), fault: Schema.NullOr(Schema.String) })

export const DatabaseSight = snakeKeys({
  /** The role that statements run as, and the login behind it. */
  role: Schema.String,
  login: Schema.String,
  /** Powers of either that row security does not restrain. */
  powers: Schema.Array(Schema.String),
  /** A notification sent by one session arrives in another. */
  hears: Schema.Boolean,
  postgres: Schema.String,
  pgvector: Schema.String,
  /** Migrations, schema, indexes, grants. */
  findings: Schema.Array(Finding),
  /** In the trial of row security: what a user could do that no user may. */
  trespasses: Schema.Array(Schema.String),
  roundTripMs: Schema.Finite
})
export type DatabaseSight = typeof DatabaseSight.Type

export const BucketSight = snakeKeys({
  id: Schema.String,
  public: Schema.Boolean,
  maxBytes: Schema.NullOr(Schema.Int),
  mediaTypes: Schema.Array(Schema.String)
})
export type BucketSight = typeof BucketSight.Type

export const StorageSight = snakeKeys({
  kind: Schema.Literals(["filesystem", "supabase", "s3"]),
  buckets: Schema.Array(BucketSight),
  /** An object could be read without a credential. */
  open: Schema.Boolean,
  /** A signed address was refused after it expired. Null: none opened a file, or this storage signs none. */
  expires: Schema.NullOr(Schema.Boolean)
})
export type StorageSight = typeof StorageSight.Type

const ParserSight = Schema.Struct({ kind: Schema.String })

/** A provider's limit per minute; null if its answer stated none. */
const Rate = Schema.NullOr(Schema.Struct({ limit: Schema.Finite, remaining: Schema.Finite }))

const EmbedderSight = Schema.Struct({
  model: Schema.String,
  version: Schema.String,
  dimensions: Schema.Int,
  requests: Rate,
  tokens: Rate
})

export const Inspection = snakeKeys({
  place: InspectionPlace,
  /** Null: the API. */
  workerId: Schema.NullOr(WorkerId),
  at: Schema.DateTimeUtcFromString,
  process: ProcessInstallation,
  /** Contradictions between its settings. */
  doubts: Schema.Array(Schema.String),
  logLevel: Schema.String,
  addresses: Schema.Array(Reached),
  database: look(DatabaseSight),
  storage: look(StorageSight),
  /** Why no object could be written, read and removed; null if it could. */
  storageFault: Schema.NullOr(Schema.String),
  parser: look(ParserSight),
  embedder: look(EmbedderSight)
})
export type Inspection = typeof Inspection.Type

/** Asked of the workers: one of them takes it. */
export const InspectionOrder = snakeKeys({
  inspectionId: InspectionId,
  requestedAt: Schema.DateTimeUtcFromString,
  /** Null while no worker has taken it. */
  takenBy: Schema.NullOr(WorkerId),
  report: Schema.NullOr(Inspection)
})
export type InspectionOrder = typeof InspectionOrder.Type
