/** The chosen object storage, with the settings of that one alone. */
import { Config, Effect } from "effect"
import { type Environment, read, required } from "./table.ts"
import { WrongSetting } from "./WrongSetting.ts"

export const readStorage = Effect.fnUntraced(function*(env: Environment) {
  const from = <N extends Parameters<typeof read>[0]>(name: N) => read(name, env)
  const kind = yield* from("STORAGE")
  switch (kind) {
    case "filesystem":
      return { kind }
    case "supabase":
      return {
        kind,
        ...(yield* Config.all({
          url: required("SUPABASE_URL"),
          serviceRoleKey: required("SUPABASE_SERVICE_ROLE_KEY"),
          publicUrl: from("SUPABASE_PUBLIC_URL")
        }))
      }
    case "s3": {
      const { algorithm, keyId, ...place } = yield* Config.all({
        bucket: required("S3_BUCKET"),
        region: from("S3_REGION"),
        endpoint: from("S3_ENDPOINT"),
        publicEndpoint: from("S3_PUBLIC_ENDPOINT"),
        forcePathStyle: from("S3_FORCE_PATH_STYLE"),
        algorithm: from("S3_ENCRYPTION"),
        keyId: from("S3_KMS_KEY_ID")
      })
      if (keyId !== undefined && algorithm !== "aws:kms") {
        return yield* new WrongSetting({ message: "S3_KMS_KEY_ID names a key, which only S3_ENCRYPTION=aws:kms uses." })
      }
      return { kind, ...place, encryption: algorithm === "aws:kms" ? { algorithm, keyId } : { algorithm } }
    }
  }
})
