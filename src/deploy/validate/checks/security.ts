/** Encryption, headers, origins, keys, debugging, and secrets where they do not belong. */
import { DateTime, Duration } from "effect"
import { securityHeaders } from "../../../policy/securityHeaders.ts"
import { type Check, fail, faultless, given, pass } from "../Check.ts"
import { addressOf, inspectionOf } from "../sight.ts"

export const security: ReadonlyArray<Check> = [
  {
    check: "database_tls",
    proves: "The connection to the database is encrypted, to a server with a trusted certificate.",
    repair: "Add ?sslmode=require to DATABASE_URL, and name the authority with sslrootcert or NODE_EXTRA_CA_CERTS.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { database: { tls } }) => {
      const expected = tls === "none" ? "not required" : "encrypted, to a trusted server"
      return given(expected, inspectionOf(facts), (inspection) => {
        const address = addressOf(inspection, "database")
        if (tls === "none") return pass(expected, address?.protocol ?? "the embedded database")
        if (address?.protocol !== "postgres over tls") return fail(expected, "sslmode does not ask for encryption")
        const { certificate, ipv4, ipv6 } = address
        if (certificate === null) return fail(expected, ipv4?.said ?? ipv6?.said ?? "no handshake was made")
        return certificate.trusted
          ? pass(expected, "it is")
          : fail(expected, `the certificate is not trusted: ${certificate.said}`)
      })
    }
  },
  {
    check: "encryption",
    proves: "Storage, providers and the public address are called over TLS.",
    repair: "Use the https address.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { environment }) => {
      const expected = environment === "local" ? "any" : "https for all of them"
      return given(expected, inspectionOf(facts), ({ addresses }) =>
        environment === "local"
          ? pass(expected, "a laptop's mocks have none")
          : faultless(
            expected,
            "they are",
            addresses.filter(({ protocol }) => protocol === "tcp").map(({ host, name }) => `${name}: http to ${host}`)
          ))
    }
  },
  {
    check: "headers",
    proves: "Every answer has the security headers of this release, and those that the environment adds.",
    repair: "Look for a proxy that removes or replaces them.",
    needs: ["headers"],
    judge: ({ headers }, { api }) => {
      const wanted = Object.entries({ ...securityHeaders, ...api.headers })
      const expected = `${wanted.length} headers`
      return given(expected, headers, (found) =>
        faultless(
          expected,
          "they are there",
          wanted.filter(([name, value]) => found[name] !== value).map(([name]) =>
            found[name] === undefined ? `${name} is missing` : `${name} is ${found[name]}`
          )
        ))
    }
  },
  {
    check: "cors",
    proves: "Only the listed origins are allowed to call the API from a browser.",
    repair: "Remove the rule from the proxy, or list the origin under api.allowed_origins.",
    needs: ["origins"],
    judge: ({ origins }, { api: { allowedOrigins } }) => {
      const expected = allowedOrigins.length === 0 ? "no other origin" : allowedOrigins.join(", ")
      return given(expected, origins, (found) =>
        faultless(
          expected,
          "as expected",
          found.flatMap(({ allowed, origin }) =>
            allowedOrigins.includes(origin)
              ? (allowed === origin || allowed === "*" ? [] : [`${origin} is not allowed`])
              : (allowed === "" ? [] : [`${origin} is allowed: ${allowed}`])
          )
        ))
    }
  },
  {
    check: "key_age",
    proves: "No API key in use is older than the limit.",
    repair: "Rotate it: `accessa keys rotate` keeps the old one for a day.",
    needs: ["keys"],
    judge: ({ keys, now }, { keys: { oldestDays } }) => {
      const expected = oldestDays === null ? "any age" : `at most ${oldestDays} days`
      return given(expected, keys, (all) => {
        const days = (from: DateTime.Utc) => Math.floor(Duration.toDays(DateTime.distance(from, now)))
        const old = oldestDays === null ? [] : all.filter(({ createdAt }) => days(createdAt) > oldestDays)
        return faultless(
          expected,
          `${all.length} keys, the oldest of ${Math.max(0, ...all.map(({ createdAt }) => days(createdAt)))} days`,
          old.map(({ createdAt, name }) => `the key "${name}" is ${days(createdAt)} days old`)
        )
      })
    }
  },
  {
    check: "debug",
    proves: "The process does not log debug details.",
    repair: "Set LOG_LEVEL to Info or above.",
    needs: ["ofApi", "ofWorker"],
    judge: (facts, { environment }) => {
      const expected = environment === "local" ? "any level" : "Info or above"
      return given(
        expected,
        inspectionOf(facts),
        ({ logLevel }) =>
          environment !== "local" && ["All", "Trace", "Debug"].includes(logLevel)
            ? fail(expected, `LOG_LEVEL is ${logLevel}`)
            : pass(expected, logLevel)
      )
    }
  },
  {
    check: "repository",
    proves: "No file of the repository holds a secret, and no .env file is kept in it.",
    repair: "Revoke the secret, remove it from the file, and keep it in the environment alone.",
    needs: ["repository"],
    judge: ({ repository }) => {
      const expected = "no secret"
      return given(expected, repository, ({ faults, files }) => faultless(expected, `none in ${files} files`, faults))
    }
  }
]
