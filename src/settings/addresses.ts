/** The addresses that a process connects to, by its settings: hosts and ports, without users, passwords and paths. */
import { Redacted } from "effect"
import type { Address } from "../domain/Inspection.ts"
import type { Settings } from "./Settings.ts"

type Named = Pick<Settings["Service"], "databaseUrl" | "llamaparse" | "openai" | "parser" | "publicUrl" | "storage">

export const addressesOf = (
  { databaseUrl, llamaparse, openai, parser, publicUrl, storage }: Named
): ReadonlyArray<Address> => [
  ...(databaseUrl === undefined ? [] : ofDatabase(Redacted.value(databaseUrl))),
  ...ofStorage(storage),
  ...(parser === "llamaparse" ? [ofUrl("parser", llamaparse.url)] : []),
  ofUrl("embeddings", openai.url),
  ofUrl("public", publicUrl)
]

const ofStorage = (storage: Named["storage"]): ReadonlyArray<Address> => {
  switch (storage.kind) {
    case "filesystem":
      return []
    case "supabase":
      return [ofUrl("storage", storage.url)]
    case "s3": {
      const url = storage.endpoint ?? new URL(`https://s3.${storage.region}.amazonaws.com`)
      const host = storage.forcePathStyle ? url.hostname : `${storage.bucket}.${url.hostname}`
      return [{ ...ofUrl("storage", url), host }]
    }
  }
}

const ofUrl = (name: string, { hostname, port, protocol }: URL): Address => {
  const secure = protocol === "https:"
  return { name, host: hostname, port: Number(port) || (secure ? 443 : 80), protocol: secure ? "tls" : "tcp" }
}

const ofDatabase = (text: string): ReadonlyArray<Address> => {
  const url = URL.parse(text)
  if (url === null) return []
  const secure = /^(?:require|verify-ca|verify-full)$/.test(url.searchParams.get("sslmode") ?? "")
  return [{
    name: "database",
    host: url.searchParams.get("host") ?? (url.hostname || "localhost"),
    port: Number(url.searchParams.get("port") ?? url.port) || 5432,
    protocol: secure ? "postgres over tls" : "postgres"
  }]
}
