/**
 * Where `DATABASE_URL` leads, and how TLS is checked there. Parameters have libpq's names; one that is not honoured is refused,
 * because a setting that is silently ignored may be the one that was meant to protect the connection.
 */
import { Result } from "effect"
import { readFileSync } from "node:fs"
import { isIP } from "node:net"
import { checkServerIdentity, type ConnectionOptions } from "node:tls"

export interface Address {
  readonly host: string
  readonly port: number
  readonly database: string | undefined
  /** A Unix socket. */
  readonly path: string | undefined
  readonly tls: Tls
  /** The URL has its own `connect_timeout`, which wins over ours. */
  readonly timeLimit: boolean
}

export interface Tls {
  readonly use: "never" | "if offered" | "always"
  readonly options: ConnectionOptions
}

/** How the server is named in messages. */
export const nameOf = ({ host, path, port }: Address): string =>
  path ?? `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

export const readDatabaseUrl = (text: string): Result.Result<Address, string> => {
  const url = URL.parse(text)
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return Result.fail(notAUrl)
  const parameters = url.searchParams
  const unknown = [...parameters.keys()].find((name) => !honoured.has(name) && !harmless.has(name))
  if (unknown !== undefined) {
    // A password with an unencoded question mark looks like a parameter, which is not shown then.
    if (!/^[a-z_]+$/.test(unknown)) return Result.fail(notAUrl)
    return Result.fail(
      `DATABASE_URL has the parameter ${unknown}, which is not supported: remove it. Supported are ${
        [...honoured].join(", ")
      }.`
    )
  }
  if (parameters.get("channel_binding") === "require") {
    return Result.fail("DATABASE_URL has channel_binding=require, which is not supported: remove it.")
  }
  const host = parameters.get("host") ?? (decodeURIComponent(url.hostname).replace(/^\[|\]$/g, "") || "localhost")
  const port = Number(parameters.get("port") ?? (url.port || "5432"))
  const path = host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : undefined
  return Result.map(readTls(parameters, path === undefined ? host : undefined), (tls) => ({
    host,
    port,
    path,
    tls,
    database: parameters.get("dbname") ?? (decodeURIComponent(url.pathname.slice(1)) || undefined),
    timeLimit: parameters.has("connect_timeout")
  }))
}

const notAUrl = "DATABASE_URL must be a URL like postgres://user:password@host:5432/database."

const honoured = new Set([
  "host",
  "port",
  "user",
  "password",
  "dbname",
  "application_name",
  "options",
  "connect_timeout",
  "sslmode",
  "sslrootcert",
  "channel_binding"
])
/** Other clients' own, as copied from a provider's dashboard. */
const harmless = new Set(["pgbouncer", "connection_limit", "pool_timeout", "supa"])

/** `host`: undefined for a Unix socket, where there is no TLS. */
const readTls = (parameters: URLSearchParams, host: string | undefined): Result.Result<Tls, string> => {
  const certificate = parameters.get("sslrootcert")
  const mode = parameters.get("sslmode") ?? (certificate === null ? undefined : "verify-full")
  const checked = mode === "require" || mode === "verify-ca" || mode === "verify-full"
  if (certificate !== null && !checked) {
    return Result.fail(
      `DATABASE_URL has sslrootcert, but with sslmode=${mode} no certificate is checked: use sslmode=verify-full.`
    )
  }
  if (host === undefined) return Result.succeed({ use: "never", options: {} })
  switch (mode) {
    case undefined:
      return Result.succeed(isThisMachine(host) ? plain : { use: "if offered", options: unchecked(host) })
    case "disable":
      return Result.succeed(plain)
    case "allow":
    case "prefer":
      return Result.succeed({ use: "if offered", options: unchecked(host) })
    case "require":
    case "verify-ca":
    case "verify-full":
      return Result.map(readCertificate(certificate), (ca): Tls => ({
        use: "always",
        options: {
          ...named(host),
          ...ca === undefined ? {} : { ca },
          checkServerIdentity: mode === "verify-ca" ? () => undefined : checkServerIdentity
        }
      }))
    default:
      return Result.fail(
        `DATABASE_URL has sslmode=${mode}: it must be disable, allow, prefer, require, verify-ca or verify-full.`
      )
  }
}

const plain: Tls = { use: "never", options: {} }
const named = (host: string): ConnectionOptions => ({ host, ...isIP(host) === 0 ? { servername: host } : {} })
/** Who may remove the offer of TLS may also present any certificate: checking it would protect nothing. */
const unchecked = (host: string): ConnectionOptions => ({ ...named(host), rejectUnauthorized: false })
const isThisMachine = (host: string) => host === "localhost" || host === "::1" || host.startsWith("127.")

/** Without a file, or with `system`: the authorities that Node trusts, and those in NODE_EXTRA_CA_CERTS. */
const readCertificate = (file: string | null): Result.Result<string | undefined, string> => {
  if (file === null || file === "system") return Result.succeed(undefined)
  return Result.try({
    try: () => readFileSync(file, "utf8"),
    catch: (cause) => `The file ${file}, which sslrootcert in DATABASE_URL names, cannot be read: ${String(cause)}.`
  }).pipe(Result.filterOrFail(
    (text) => text.includes("-----BEGIN CERTIFICATE-----"),
    () => `The file ${file}, which sslrootcert in DATABASE_URL names, has no certificate in PEM format.`
  ))
}
