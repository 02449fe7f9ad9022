import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { getCACertificates, setDefaultCACertificates } from "node:tls"
import { emailSink } from "../../../layers/AlertSinks/Email.ts"
import { mailOf } from "../../../layers/AlertSinks/text/mail.ts"
import { aNotice, resolvedNotice } from "../../support/builders/aNotice.ts"
import { makeCertificate } from "../../support/builders/makeCertificate.ts"
import { mailPassword, serveMail } from "../../support/stubs/alerts/MailServer.ts"

const trusted = makeCertificate()
setDefaultCACertificates([...getCACertificates(), trusted.cert])

const sinkOf = (url: URL, protocol: string, to: ReadonlyArray<string> = ["team@example.com"]) => {
  const server = new URL(url.href.replace(/^smtp:/, protocol))
  server.username = "alerts"
  server.password = encodeURIComponent(mailPassword)
  return emailSink({ server: Redacted.make(server), from: "Accessa <alerts@example.com>", to, tls: "required" })
}

describe("a mail about an alert", () => {
  it.effect("a mail is sent over STARTTLS, and over TLS from the start", () =>
    Effect.gen(function*() {
      const upgraded = yield* serveMail({ ...trusted })
      yield* sinkOf(upgraded.url, "smtp:").deliver(aNotice())
      const secure = yield* serveMail({ ...trusted, secure: true })
      yield* sinkOf(secure.url, "smtps:").deliver(aNotice())
      assert.deepStrictEqual([upgraded.taken.length, secure.taken.length], [1, 1])
    }))

  it.effect("a mail is not sent to a server that offers no TLS, or whose certificate is not trusted", () =>
    Effect.gen(function*() {
      const plain = yield* serveMail({ hideSTARTTLS: true, allowInsecureAuth: true })
      const stranger = yield* serveMail({ ...makeCertificate() })
      for (const { taken, url } of [plain, stranger]) {
        const failure = yield* Effect.flip(sinkOf(url, "smtp:").deliver(aNotice()))
        assert.include(failure.message, "The mail server localhost did not accept the mail")
        assert.isEmpty(taken)
      }
    }))

  it.effect("a mail reaches the other recipients if one of them is refused, and fails if all of them are", () =>
    Effect.gen(function*() {
      const { taken, url } = yield* serveMail({ ...trusted })
      yield* sinkOf(url, "smtp:", ["unknown@example.com", "team@example.com"]).deliver(aNotice())
      assert.lengthOf(taken, 1)
      const failure = yield* Effect.flip(sinkOf(url, "smtp:", ["unknown@example.com"]).deliver(aNotice()))
      assert.isFalse(failure.retryable)
      assert.include(failure.message, "No such mailbox")
    }))

  it.effect("a mail's title cannot add a header or a recipient", () =>
    Effect.gen(function*() {
      const { taken, url } = yield* serveMail({ ...trusted })
      yield* sinkOf(url, "smtp:").deliver(aNotice({ title: "x\r\nBcc: thief@example.com\r\n\r\nx" }))
      assert.notMatch(taken[0]?.text ?? "", /^bcc:/imu)
      assert.include(taken[0]?.text, "Critical: x Bcc: thief@example.com x (embedder) [production]")
    }))

  it("a mail reads well as plain text", () => {
    assert.strictEqual(
      mailOf(resolvedNotice).text,
      [
        "Resolved: The embedding provider refuses our key. (embedder) [production]",
        "",
        "The provider answered 401. 17 documents wait for it.",
        "",
        "Environment: production",
        "Severity:    critical",
        "Subject:     embedder",
        "Started:     2026-03-01 12:00:00 UTC",
        "Ended:       2026-03-01 12:12:00 UTC, after 12m",
        "Notified:    team",
        "Rule:        CIRCUIT_OPEN",
        "dependency:  embedder",
        "code:        EMBED_AUTH",
        "",
        "Runbook:     https://ops.example/runbooks/EMBED_AUTH",
        "Dashboard:   https://ops.example/alerts",
        ""
      ].join("\n")
    )
  })

  it("a mail's HTML shows markup in a notice as text", () => {
    const { html } = mailOf(aNotice({ title: "<img src=x>", dashboardUrl: "https://ops.example/?a=\"b" }))
    assert.include(html, "&lt;img src=x&gt;")
    assert.notInclude(html, "<img")
    assert.include(html, "href=\"https://ops.example/?a=&quot;b\"")
  })
})
