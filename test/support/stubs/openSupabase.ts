/** The adapter for Supabase Storage, against a stub. */
import { Context, Effect, Layer, Redacted } from "effect"
import { layerUploadSafe } from "../../../layers/App/uploadSafeClient.ts"
import { ObjectStorageSupabase } from "../../../layers/ObjectStorage/Supabase.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"

export const key = "service-role-key"

export const open = (url: URL, serviceRoleKey = key, publicUrl?: URL) =>
  ObjectStorageSupabase({
    url,
    publicUrl,
    serviceRoleKey: Redacted.make(serviceRoleKey),
    callTimeout: "30 seconds"
  }).pipe(
    Layer.provide(layerUploadSafe),
    Layer.build,
    Effect.map((context) => Context.get(context, ObjectStorage))
  )
