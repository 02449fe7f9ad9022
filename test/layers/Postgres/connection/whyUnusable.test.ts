import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { SqlError } from "effect/sql"
import { nameOf, readDatabaseUrl, type Tls } from "../../../../layers/Postgres/connection/databaseUrl.ts"
import { NoServerConnection, TlsNotOffered } from "../../../../layers/Postgres/connection/openSession.ts"
import { whyUnusable } from "../../../../layers/Postgres/connection/whyUnusable.ts"

const address = Result.getOrThrow(readDatabaseUrl("postgres://someone:hidden@db.example.com/accessa"))

const said = (message: string, code?: string) => Object.assign(new Error(message), code === undefined ? {} : { code })

const why = (cause: Error) =>
  whyUnusable(address, new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause }) }))

describe("a failure to connect", () => {
  it.each<readonly [string, Error, string]>([
    ["a server without TLS", new TlsNotOffered(), "does not offer TLS"],
    [
      "a server that accepts only TLS",
      said("no pg_hba.conf entry for host \"h\", no encryption", "28000"),
      "Add ?sslmode=require"
    ],
    [
      "a certificate for another name",
      said("Host: db.example.com. is not in the cert's altnames", "ERR_TLS_CERT_ALTNAME_INVALID"),
      "for another name than db.example.com"
    ],
    [
      "an unknown authority",
      said("self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"),
      "sslrootcert=FILE"
    ],
    ["an expired certificate", said("certificate has expired", "CERT_HAS_EXPIRED"), "is not valid now"],
    [
      "a wrong password",
      said("password authentication failed for user \"someone\"", "28P01"),
      "rejects the user or password"
    ],
    ["a wrong password at pgbouncer", said("password authentication failed", "08P01"), "rejects the user or password"],
    ["a missing database", said("database \"accessa\" does not exist", "3D000"), "has no database accessa"],
    ["a full server", said("sorry, too many clients already", "53300"), "has no free connection"],
    ["a full pool of pgbouncer", new NoServerConnection(), "has no free connection"],
    [
      "a pgbouncer with too many clients",
      said("no more connections allowed (max_client_conn)", "08P01"),
      "has no free connection"
    ],
    [
      "a full pool of Supavisor",
      said("MaxClientsInSessionMode: max clients reached", "XX000"),
      "has no free connection"
    ],
    ["an unknown project at Supavisor", said("Tenant or user not found", "XX000"), "postgres.abcdefghijkl"],
    ["a network without IPv6", said("connect ENETUNREACH 2600::1:5432", "ENETUNREACH"), "pooler in session mode"],
    [
      "a name that does not exist",
      said("getaddrinfo ENOTFOUND db.example.com", "ENOTFOUND"),
      "its name does not exist"
    ],
    [
      "anything else, in the words of the server",
      said("the sky is falling"),
      "Cannot connect to Postgres at db.example.com:5432: the sky is falling."
    ]
  ])("is named for what it is: %s", (_, cause, expected) => {
    assert.include(why(cause), expected)
    assert.include(why(cause), "Postgres at db.example.com:5432")
  })
})

const read = (query: string, host = "db.example.com") =>
  readDatabaseUrl(`postgres://someone:hidden@${host}/accessa${query}`)

describe("DATABASE_URL", () => {
  it("names an IPv6 server with its brackets", () => {
    assert.strictEqual(nameOf(Result.getOrThrow(read("", "[2001:db8::1]:6543"))), "[2001:db8::1]:6543")
  })

  it.each<readonly [string, string, Tls["use"], boolean | undefined]>([
    ["", "db.example.com", "if offered", false],
    ["", "127.0.0.1", "never", undefined],
    ["?sslmode=prefer", "127.0.0.1", "if offered", false],
    ["?sslmode=disable", "db.example.com", "never", undefined],
    ["?sslmode=require", "db.example.com", "always", undefined],
    ["?sslrootcert=system", "db.example.com", "always", undefined]
  ])("with %j to %s uses TLS: %s", (query, host, use, rejectUnauthorized) => {
    const { tls } = Result.getOrThrow(read(query, host))
    assert.deepInclude(tls, { use })
    assert.strictEqual(tls.options.rejectUnauthorized, rejectUnauthorized)
  })

  it.each([
    ["?sslmode=sometimes", "it must be disable, allow, prefer, require, verify-ca or verify-full"],
    ["?sslcert=client.pem", "has the parameter sslcert, which is not supported"],
    ["?channel_binding=require", "has channel_binding=require, which is not supported"],
    ["?sslrootcert=/no/such/file", "cannot be read"],
    ["?sslrootcert=package.json", "has no certificate in PEM format"],
    ["?sslmode=prefer&sslrootcert=system", "with sslmode=prefer no certificate is checked"]
  ])("is refused with %j rather than ignored in part", (query, expected) => {
    assert.include(Result.getOrThrow(Result.flip(read(query))), expected)
  })
})
