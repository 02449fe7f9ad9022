/** The same program as the package's main entry, without the search for a Java or native build. */
declare module "recheck/lib/browser.js" {
  import type { checkSync } from "recheck"
  const recheck: { readonly checkSync: typeof checkSync }
  export default recheck
}
