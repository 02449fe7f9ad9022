/** Security headers on every answer: no content sniffing, no framing, no access from other sites. */

export const securityHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}

/** The documentation is a page with an inline script; it sends requests to this service, and to no other host. */
export const pagePolicy =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
  + "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
  + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Only for a service reached over https; for half a year. */
export const transportSecurity = (publicUrl: URL): Readonly<Record<string, string>> =>
  publicUrl.protocol === "https:" ? { "strict-transport-security": "max-age=15552000" } : {}
