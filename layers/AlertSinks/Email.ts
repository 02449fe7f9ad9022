/** Alerts as mails over SMTP. Each mail has its own connection, which is closed when the attempt times out. */
import { Duration, Effect, Predicate, Redacted } from "effect"
import { createTransport } from "nodemailer"
import { type AlertSink, AlertSinkFailed } from "../../services/AlertSinks.ts"
import type { AlertNotice } from "../../src/domain/AlertNotice.ts"
import { redact } from "../../src/domain/redact.ts"
import { mailTimeout } from "../../src/policy/alertSinks.ts"
import { oneLine, shorten } from "./text/describe.ts"
import { mailOf } from "./text/mail.ts"

export interface EmailOptions {
  /** `smtps://user:password@host:465` (TLS from the start) or `smtp://user:password@host:587` (STARTTLS). */
  readonly server: Redacted.Redacted<URL>
  readonly from: string
  readonly to: ReadonlyArray<string>
  /** `optional`: a mail is sent without TLS if the server does not offer it. */
  readonly tls: "required" | "optional"
}

export const emailSink = ({ from, server, tls, to }: EmailOptions): AlertSink => {
  const { hostname, password, port, protocol, username } = Redacted.value(server)
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  const secure = protocol === "smtps:"
  const timeout = Duration.toMillis(mailTimeout)
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && tls === "required",
    ...(user === "" ? {} : { auth: { user, pass } }),
    tls: { minVersion: "TLSv1.2" },
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true
  })
  const failed = (message: string, retryable: boolean) => new AlertSinkFailed({ sink: "email", message, retryable })
  return {
    name: "email",
    deliver: Effect.fn("AlertSinks.email")(function*(notice) {
      const { rejected } = yield* Effect.tryPromise({
        try: (signal) => transport.sendMail({ from, to: [...to], ...mailOf(notice), ...headersOf(notice), signal }),
        catch: (cause) => {
          const { code, response, status } = faultOf(cause)
          const said = shorten(oneLine(redact(response ?? words[code] ?? code, pass === "" ? [] : [pass])), 300)
          return failed(
            `The mail server ${hostname} did not accept the mail: ${said}`,
            status === undefined ? !permanent.has(code) : status < 500
          )
        }
      }).pipe(Effect.timeoutOrElse({
        duration: mailTimeout,
        orElse: () => Effect.fail(failed(`The mail server ${hostname} did not answer in time.`, true))
      }))
      if (rejected.length > 0) {
        yield* Effect.logWarning(`The mail server ${hostname} refused ${rejected.length} of ${to.length} recipients.`)
      }
    })
  }
}

/** Mail clients show the mails of one alert together. */
const headersOf = ({ alertId }: AlertNotice) => {
  const thread = `<alert-${alertId.replaceAll(/[^\w-]/g, "-")}@accessa.invalid>`
  return { inReplyTo: thread, references: thread, headers: { "auto-submitted": "auto-generated" } }
}

/** For errors without an answer from the server. */
const words: Readonly<Record<string, string>> = {
  ECONNECTION: "the connection broke",
  EDNS: "its name cannot be resolved",
  ESOCKET: "it cannot be reached, or its certificate is not trusted",
  ETIMEDOUT: "it did not answer in time",
  ETLS: "it offers no TLS, or its certificate is not trusted"
}

/** Wrong settings and wrong addresses. A login that fails without an answer of the server is not among them. */
const permanent: ReadonlySet<string> = new Set(["ECONFIG", "EENVELOPE", "EMESSAGE"])

const faultOf = (cause: unknown) => {
  const of = (key: string): unknown => Predicate.hasProperty(cause, key) ? cause[key] : undefined
  const [code, response, status] = [of("code"), of("response"), of("responseCode")]
  return {
    code: typeof code === "string" ? code : "unknown error",
    response: typeof response === "string" && response !== "" ? response : undefined,
    status: typeof status === "number" && status > 0 ? status : undefined
  }
}
