/** The recorded facts of an environment, as a versioned JSON file. */
import { Schema } from "effect"
import { NearMiss, SettingShape } from "../../domain/Installation.ts"
import { JobStatus } from "../../domain/JobStatus.ts"
import { ReceiptCheck } from "../../domain/Receipt.ts"
import { snakeKeys } from "../../domain/snakeKeys.ts"

/** What a document became in one round. All but the first four are known of complete ones only. */
export const Outcome = snakeKeys({
  status: JobStatus,
  /** Why it is not complete; empty if it is. */
  reason: Schema.String,
  chunker: Schema.String,
  parsedSha256: Schema.String,
  contentSha256: Schema.String,
  chunks: Schema.Int,
  /** A hash over the texts' hashes, in order. */
  chunksSha256: Schema.String,
  /** Each chunk's id follows from its document, chunker and position. */
  idsFollowRule: Schema.Boolean,
  embedModel: Schema.String,
  embedVersion: Schema.String,
  dimensions: Schema.Int,
  failedChecks: Schema.Array(ReceiptCheck),
  pages: Schema.Int,
  characters: Schema.Int
})
export type Outcome = typeof Outcome.Type

export const DocumentFacts = snakeKeys({
  name: Schema.String,
  sha256: Schema.String,
  /** The distinct outcomes of all rounds: one if the pipeline is deterministic. */
  outcomes: Schema.Array(Outcome)
})
export type DocumentFacts = typeof DocumentFacts.Type

/** In milliseconds: each stage as the mean over the documents, and the control as the median of its measurements. */
export const Round = snakeKeys({
  controlMs: Schema.Finite,
  stagesMs: Schema.Record(Schema.String, Schema.Finite),
  /** Bought from the provider for all documents together: in a call that several of them share, no one knows its part exactly. */
  tokens: Schema.Int
})
export type Round = typeof Round.Type

export const Facts = snakeKeys({
  environment: Schema.String,
  version: Schema.String,
  node: Schema.String,
  postgres: Schema.String,
  pgvector: Schema.String,
  migration: Schema.Int,
  /** Objects of the schema by name, each with the hash of its definition. */
  objects: Schema.Record(Schema.String, Schema.String),
  settings: Schema.Record(Schema.String, SettingShape),
  nearMisses: Schema.Array(NearMiss),
  /** By method and path, each with the hash of its part of the contract. */
  routes: Schema.Record(Schema.String, Schema.String),
  workers: Schema.Array(Schema.Struct({ version: Schema.String, state: Schema.String })),
  documents: Schema.Array(DocumentFacts),
  rounds: Schema.Array(Round)
})
export type Facts = typeof Facts.Type

export const Baseline = snakeKeys({
  /** The version of this format. */
  baseline: Schema.Literal(1),
  recordedAt: Schema.DateTimeUtcFromString,
  /** Of the folder in which it was recorded; null if that is not a repository. */
  commit: Schema.NullOr(Schema.String),
  facts: Facts
})
export type Baseline = typeof Baseline.Type

export const BaselineFile = Schema.fromJsonString(Schema.toCodecJson(Baseline))
