/** The API, as its callers see it. */
import { DateTime, Duration } from "effect"
import { isOfRelease } from "../../../domain/Release.ts"
import { listed } from "../../checked.ts"
import { type Check, fail, faultless, given, inconclusive, pass, required } from "../Check.ts"
import type { RouteAnswer } from "../Facts.ts"
import { unreachable } from "../sight.ts"

const problem = "application/problem+json"

const shown = ({ mediaType, route, status }: RouteAnswer) => `${route} answers ${status} as ${mediaType || "nothing"}`

const elsewhere = new Set(["database", "storage", "worker", "providers"])

/** A release that was made with its commit, such as 0.1.0+4be91c2. */
const namesCommit = (version: string): boolean => /\+[0-9a-f]{7,40}$/.test(version)

export const apiServer: ReadonlyArray<Check> = [
  {
    check: "reach",
    proves: "The API's host answers over IPv4 and IPv6, as configured.",
    repair: "Start the API and its proxy, and correct the DNS entries of its name.",
    needs: ["reached"],
    judge: ({ reached }, { api }) => {
      const expected = `${api.url.host} answers over ${api.reach.join(" and ")}`
      return required(
        expected,
        reached,
        (found) => faultless(expected, `${found.host}:${found.port} answers`, unreachable(found, api.reach))
      )
    }
  },
  {
    check: "certificate",
    proves: "The certificate is trusted, made for this name, and valid for long enough.",
    repair: "Renew the certificate, and serve it with its whole chain for this name.",
    needs: ["reached"],
    judge: ({ now, reached, url }, { api: { certificateDays } }) => {
      const expected = certificateDays === null
        ? "not required"
        : `trusted for ${url.hostname}, and valid for ${certificateDays} days more`
      if (certificateDays === null) return pass(expected, `the API is reached by ${url.protocol.slice(0, -1)}`)
      if (url.protocol !== "https:") return fail(expected, `the API is reached by ${url.protocol.slice(0, -1)}`)
      return given(expected, reached, ({ certificate }) => {
        if (certificate === null) return fail(expected, "the TLS handshake was not made")
        const days = Math.floor(Duration.toDays(DateTime.distance(now, certificate.validTo)))
        return faultless(expected, `trusted, ${days} days left`, [
          ...(certificate.trusted ? [] : [`it is not trusted for ${url.hostname}: ${certificate.said}`]),
          ...(days >= certificateDays ? [] : [`${Math.max(0, days)} days are left`])
        ])
      })
    }
  },
  {
    check: "ready",
    proves: "The API reports that it is ready.",
    repair: "See the message of the failing check; `accessa doctor` says more.",
    needs: ["ready"],
    judge: ({ ready }) => {
      const expected = "every check of /health/ready passes"
      return given(expected, ready, (checks) => {
        const faults = checks.filter(({ ok }) => !ok)
        const told = faults.map(({ detail, name }) => `${name}: ${detail}`)
        // The others have groups of their own, which look closer.
        return faults.length > 0 && faults.every(({ name }) => elsewhere.has(name))
          ? inconclusive(expected, told.join("; "))
          : faultless(expected, `${checks.length} parts are well`, told)
      })
    }
  },
  {
    check: "release",
    proves: "The API is the release that should be deployed.",
    repair: "Deploy it again, and set ACCESSA_VERSION to the version with its commit, such as 0.1.0+4be91c2.",
    needs: ["ofApi"],
    judge: ({ ofApi, release }, { environment }) => {
      const expected = release ?? (environment === "local" ? "any release" : "a release with its commit")
      return given(expected, ofApi, ({ process: { version } }) => {
        const fits = release === undefined
          ? environment === "local" || namesCommit(version)
          : isOfRelease(version, release)
        return fits ? pass(expected, version) : fail(expected, version)
      })
    }
  },
  {
    check: "contract",
    proves: "The routes that the API publishes are this release's.",
    repair: "Run this command from the commit that is deployed, or deploy this one.",
    needs: ["contract"],
    judge: ({ contract }) => {
      const expected = "each route as in this release"
      return given(expected, contract, ({ faults, routes }) => faultless(expected, `${routes} routes are`, faults))
    }
  },
  {
    check: "without_key",
    proves: "Every route of the contract refuses a caller without a key, and the open ones answer.",
    repair: "Look for a proxy that answers for the API or adds a credential, and for a route without its role.",
    needs: ["withoutKey"],
    judge: ({ withoutKey }) => {
      const expected = "401 from every route that needs a key"
      return given(expected, withoutKey, (answers) =>
        faultless(
          expected,
          `${answers.length} routes answer as specified`,
          answers.filter(({ allowed, mediaType, status }) =>
            !allowed.includes(status) || (status >= 400 && mediaType !== problem)
          ).map(shown)
        ))
    }
  },
  {
    check: "with_key",
    proves: "Every route of the contract answers a caller with a key as the contract says.",
    repair: "Look at the API's log for the failing routes, and at what the proxy in front of it changes.",
    needs: ["withKey"],
    judge: ({ withKey }) => {
      const expected = "a status of the contract from every route, and none of 5xx"
      return given(expected, withKey, (answers) => {
        const wrong = answers.filter(({ allowed, mediaType, status }) =>
          !allowed.includes(status) || status >= 500 || (status >= 400 && mediaType !== problem)
        )
        // The API's own 503 means that a service behind it is down, which has a check of its own.
        return wrong.length > 0 && wrong.every(({ mediaType, status }) => status === 503 && mediaType === problem)
          ? inconclusive(expected, listed(wrong.map(shown)))
          : faultless(expected, `${answers.length} routes answer as specified`, wrong.map(shown))
      })
    }
  }
]
