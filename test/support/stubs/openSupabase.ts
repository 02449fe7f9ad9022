/** The adapter for Supabase Storage, against a stub. */
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Effect, Layer, Redacted } from "effect"
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
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.build,
    Effect.map((context) => Context.get(context, ObjectStorage))
  )
