/** Settings of the database and the object storage. */
import { Config, Schema } from "effect"
import {
  address,
  amount,
  byDefault,
  flag,
  type Kind,
  locally,
  nonEmpty,
  oneOf,
  optional,
  secret,
  secretHeader,
  setting,
  whole
} from "../Setting.ts"

/** The names that Amazon allows: they become part of a host's name. */
const bucketName: Kind<string> = {
  config: (name) =>
    Config.schema(
      Schema.String.check(
        Schema.isPattern(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
          message:
            "Expected the name of a bucket, without an address: 3 to 63 lower-case letters, digits, dots and hyphens"
        })
      ),
      name
    )
}

/** Becomes part of a host's name, too. */
const regionName: Kind<string> = {
  config: (name) =>
    Config.schema(
      Schema.String.check(
        Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/, {
          message: "Expected the code of a region, such as eu-central-1"
        })
      ),
      name
    )
}

export const storage = {
  DATABASE_URL: setting(
    ["api", "worker", "monitor", "migrate", "scripts"],
    secret,
    locally(undefined),
    "postgres://user:password@host:5432/database, with pgvector. Unset: embedded PGlite in ACCESSA_DATA_DIR."
  ),
  DATABASE_CONNECTIONS: setting(
    ["api", "worker", "migrate"],
    whole(1, 200, "connections"),
    byDefault(4),
    "Most connections per process. More rarely help: requests that wait for a connection share the next statement."
  ),
  DATABASE_LIMIT_GB: setting(
    ["api"],
    amount("gigabytes", 0.001, 1_000_000),
    optional,
    "Gigabytes the database may grow to: its disk, or the plan's quota. From it the dashboard computes the days left. "
      + "Unset: unknown."
  ),
  STORAGE: setting(
    ["api", "worker"],
    oneOf("filesystem", "supabase", "s3"),
    byDefault("filesystem" as const),
    "filesystem (in ACCESSA_DATA_DIR), supabase, or s3: Amazon's, or a server that speaks its protocol. See docs/storage.md."
  ),
  SUPABASE_URL: setting(
    ["api", "worker"],
    address,
    optional,
    "Address of the Supabase project. Required with STORAGE=supabase; also the default issuer of tokens."
  ),
  SUPABASE_SERVICE_ROLE_KEY: setting(
    ["api", "worker"],
    secretHeader,
    optional,
    "Key of the service role. Required with STORAGE=supabase."
  ),
  SUPABASE_PUBLIC_URL: setting(
    ["api", "worker"],
    address,
    optional,
    "Where clients reach the storage of SUPABASE_URL: the addresses of announced uploads begin with it. Unset: SUPABASE_URL."
  ),
  S3_BUCKET: setting(
    ["api", "worker"],
    bucketName,
    optional,
    "The bucket, which must exist, be private and keep no old versions. Required with STORAGE=s3. Credentials come from "
      + "the usual places of Amazon's clients, such as AWS_ACCESS_KEY_ID or the machine's role."
  ),
  S3_REGION: setting(["api", "worker"], regionName, byDefault("us-east-1"), "The bucket's region."),
  S3_ENDPOINT: setting(
    ["api", "worker"],
    address,
    optional,
    "Address of a server that speaks S3's protocol, such as http://127.0.0.1:9000. Unset: Amazon's."
  ),
  S3_PUBLIC_ENDPOINT: setting(
    ["api", "worker"],
    address,
    optional,
    "Where clients reach the server of S3_ENDPOINT: the addresses of announced uploads are signed for it. Unset: S3_ENDPOINT."
  ),
  S3_FORCE_PATH_STYLE: setting(
    ["api", "worker"],
    flag,
    byDefault(false),
    "true: the bucket is part of the path, not of the host's name. Most servers other than Amazon's need it."
  ),
  S3_ENCRYPTION: setting(
    ["api", "worker"],
    oneOf("none", "AES256", "aws:kms"),
    byDefault("none" as const),
    "How the server must encrypt each object. An object that it does not confirm as encrypted is not kept. none: the "
      + "bucket's default, which at Amazon is AES256."
  ),
  S3_KMS_KEY_ID: setting(
    ["api", "worker"],
    nonEmpty,
    optional,
    "The key for S3_ENCRYPTION=aws:kms. Unset: the account's own for S3."
  )
}
