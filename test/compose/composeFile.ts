/** docker-compose.yml as data: merge keys resolved, variables as written. */
import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { type CollectionTag, parse } from "yaml"

const Environment = Schema.Record(Schema.String, Schema.NullOr(Schema.String))

export const Service = Schema.Struct({
  image: Schema.optionalKey(Schema.String),
  build: Schema.optionalKey(Schema.Unknown),
  command: Schema.optionalKey(Schema.Array(Schema.String)),
  environment: Schema.optionalKey(Environment),
  ports: Schema.optionalKey(Schema.Array(Schema.String)),
  profiles: Schema.optionalKey(Schema.Array(Schema.String)),
  volumes: Schema.optionalKey(Schema.Array(Schema.String)),
  healthcheck: Schema.optionalKey(Schema.Struct({ test: Schema.Array(Schema.String), interval: Schema.String })),
  restart: Schema.optionalKey(Schema.String),
  init: Schema.optionalKey(Schema.Boolean),
  read_only: Schema.optionalKey(Schema.Boolean),
  cap_drop: Schema.optionalKey(Schema.Array(Schema.String)),
  security_opt: Schema.optionalKey(Schema.Array(Schema.String)),
  user: Schema.optionalKey(Schema.String),
  stop_grace_period: Schema.optionalKey(Schema.String),
  deploy: Schema.optionalKey(Schema.Struct({
    resources: Schema.optionalKey(
      Schema.Struct({ limits: Schema.Struct({ cpus: Schema.String, memory: Schema.String, pids: Schema.Finite }) })
    ),
    update_config: Schema.optionalKey(Schema.Struct({ order: Schema.String }))
  }))
})
export type Service = typeof Service.Type

const File = Schema.Struct({
  services: Schema.Record(Schema.String, Service),
  volumes: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

/** Compose's own tag: instead of what an earlier file says. */
const reset: CollectionTag = { tag: "!reset", collection: "seq" }

export const composeFile = (name: string) =>
  Schema.decodeUnknownSync(File)(parse(readFileSync(name, "utf8"), { merge: true, customTags: [reset] }))

/** A variable's name, and what is used without it. */
export const variablesIn = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)/gu)].map(([, name = ""]) => name)
