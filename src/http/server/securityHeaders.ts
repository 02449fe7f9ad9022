/** What every answer tells a browser: take it for what it says it is, frame it nowhere, let no other site read it. */

export const securityHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}

/** The documentation is a page with its script in it; it tries requests out on this service and loads its fonts. */
export const pagePolicy =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
  + "img-src 'self' data: blob:; font-src 'self' data: https://fonts.scalar.com; connect-src 'self'; worker-src 'self' blob:; "
  + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Of a service that is reached by https alone, for half a year. */
export const transportSecurity = (publicUrl: URL): Readonly<Record<string, string>> =>
  publicUrl.protocol === "https:" ? { "strict-transport-security": "max-age=15552000" } : {}
