/** The one HTML page; everything else but its script comes from modules. */
import { hash } from "node:crypto"

export interface PageFacts {
  readonly environment: string
  readonly providers: "mock" | "real"
  readonly version: string
  readonly signedIn: boolean
}

const styles = ["tokens", "shell", "parts", "tables", "overview", "job", "pages", "small"]
  .map((name) => `<link rel="stylesheet" href="/assets/style/${name}.css">`).join("\n")

const attribute = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("\"", "&quot;").replaceAll("<", "&lt;")

/** `script` is JavaScript that runs before anything else is loaded. */
export const pageHtml = (script: string, { environment, providers, signedIn, version }: PageFacts): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Accessa</title>
<script>${script}</script>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/uplot.css">
${styles}
<script type="module" src="/assets/main.ts"></script>
</head>
<body data-env="${attribute(environment)}" data-providers="${providers}" data-version="${
    attribute(version)
  }" data-signed-in="${signedIn}">
<div id="app"><noscript>The dashboard needs JavaScript. The command line shows the same: accessa jobs list</noscript></div>
</body>
</html>
`

/** Nothing from elsewhere, no script in the page but this one; styles are set by script on elements, which the policy allows. */
export const pagePolicy = (script: string): string =>
  `default-src 'none'; script-src 'self' 'sha256-${hash("sha256", script, "base64")}'; style-src 'self'; `
  + "img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
