/** What Render answers, as far as it is used here. */
import { Schema } from "effect"

export const Service = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  autoDeploy: Schema.Literals(["yes", "no"]),
  serviceDetails: Schema.Struct({ numInstances: Schema.optionalKey(Schema.Int) })
})
export type Service = typeof Service.Type

export const Deploy = Schema.Struct({
  id: Schema.String,
  /** A status that is not known yet is taken for work in progress. */
  status: Schema.String,
  trigger: Schema.optionalKey(Schema.String),
  commit: Schema.optionalKey(Schema.NullOr(Schema.Struct({ id: Schema.String }))),
  image: Schema.optionalKey(Schema.NullOr(Schema.Struct({ ref: Schema.String })))
})
export type Deploy = typeof Deploy.Type

export const ServicePage = Schema.Array(Schema.Struct({ cursor: Schema.String, service: Service }))
export const DeployPage = Schema.Array(Schema.Struct({ cursor: Schema.String, deploy: Deploy }))
export const SettingPage = Schema.Array(Schema.Struct({
  cursor: Schema.String,
  envVar: Schema.Struct({ key: Schema.String, value: Schema.String })
}))

export const failures: Readonly<Record<string, string>> = {
  build_failed: "the build failed",
  pre_deploy_failed: "the command before the deployment failed",
  update_failed: "the new instances did not become healthy",
  canceled: "it was canceled"
}

export const versionOf = ({ commit, image }: Deploy): string => image?.ref ?? commit?.id ?? ""
