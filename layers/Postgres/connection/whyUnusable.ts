/** Names each failure to connect for what it is, with what to do about it. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"
import { type Address, nameOf } from "./databaseUrl.ts"
import { NoServerConnection, TlsNotOffered } from "./openSession.ts"

/** The driver's own error may hold the connection options; only what the server or the socket said is repeated. */
export const whyUnusable = (address: Address, { message, reason }: SqlError.SqlError): string => {
  const { cause } = reason
  const server = `Postgres at ${nameOf(address)}`
  // Node's error over several addresses (`localhost`) has a code and no message.
  const code = Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : undefined
  const said = cause instanceof Error ? cause.message || (code ?? cause.name) : message
  const known = byKind(cause) ?? (code === undefined ? undefined : byCode(code, address)) ?? byText(said)
  if (known !== undefined) return known.replace("%", server).replace("…", said.replace(/\.$/, ""))
  if (reason._tag === "AuthenticationError") return `${server} rejects the login of DATABASE_URL: ${said}.`
  return `Cannot connect to ${server}: ${said}.`
}

/** What Postgres, pgbouncer and Supavisor say if all connections are taken. */
const saysFull = (said: string): boolean =>
  /too many (?:clients|connections)|max ?clients|no more connections|query_wait_timeout|connection slots/i.test(said)

/** No connection is free, at the server or in its pooler. */
export const isFull = (cause: unknown): boolean =>
  cause instanceof NoServerConnection || cause instanceof Error && saysFull(cause.message)

/** In these, `%` is the server and `…` is what it said. */
const wrongPassword =
  "% rejects the user or password in DATABASE_URL: …. Special characters in a password must be percent-encoded."
const full =
  "% has no free connection (…). docs/databases.md says how many the processes need: raise the pool's size or the "
  + "server's max_connections, or lower DATABASE_CONNECTIONS."

const byKind = (cause: unknown): string | undefined => {
  if (cause instanceof TlsNotOffered) {
    return "% does not offer TLS, which sslmode in DATABASE_URL requires. Turn TLS on at the server; on a private network you may "
      + "connect without it by sslmode=disable."
  }
  if (cause instanceof NoServerConnection) return full.replace("…", "its pooler accepted the login and then gave none")
  return undefined
}

/** SQLSTATE, or the code of Node's error. */
const byCode = (code: string, { database, host }: Address): string | undefined => {
  switch (code) {
    case "28P01":
      return wrongPassword
    case "3D000":
      return `% has no database ${database ?? "of the user's name"}, which DATABASE_URL names: ….`
    case "53300":
      return full
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `% has a certificate for another name than ${host}: …. Use a name that the certificate has; sslmode=verify-ca accepts `
        + "any name."
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return "% has a certificate that is not valid now: …. Renew it, and check this machine's clock."
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return "% has a certificate of an authority that this machine does not know: …. Download the provider's root certificate and "
        + "name its file in DATABASE_URL: ?sslmode=verify-full&sslrootcert=FILE."
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return "% cannot be reached from this network: …. If it has only an IPv6 address, as Supabase's direct host, use the pooler in "
        + "session mode."
    case "ENOTFOUND":
      return "%: its name does not exist (…). Check the host in DATABASE_URL."
    default:
      return undefined
  }
}

/** Poolers have few codes. */
const byText = (said: string): string | undefined => {
  if (/no encryption|ssl off|ssl(?:\/tls)? (?:connection )?(?:is )?required/i.test(said)) {
    return "% accepts only TLS: …. Add ?sslmode=require to DATABASE_URL."
  }
  if (saysFull(said)) return full
  if (/tenant or user not found/i.test(said)) {
    return "% does not know the user in DATABASE_URL: …. On Supabase's pooler it is ROLE.PROJECT, such as postgres.abcdefghijkl."
  }
  if (/no such (?:database|user)/i.test(said)) return "% does not know the database or user in DATABASE_URL: …."
  if (/authentication failed|wrong password/i.test(said)) return wrongPassword
  return undefined
}
