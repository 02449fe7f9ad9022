/** The dashboard's start in the browser. */
import { useComputed } from "@preact/signals"
import { render } from "preact"
import { useEffect } from "preact/hooks"
import { signedIn } from "./api.ts"
import { html } from "./html.ts"
import { listenToKeys } from "./keys.ts"
import { connect, disconnect } from "./live.ts"
import { pageOf } from "./pages/pages.ts"
import { SignIn } from "./pages/SignIn.ts"
import { Shell } from "./parts/Shell.ts"
import { path } from "./router.ts"

const App = () => {
  const page = useComputed(() => pageOf(path.value))
  useEffect(() => {
    if (signedIn.value) connect()
    else disconnect()
  }, [signedIn.value])
  useEffect(() => {
    document.title = signedIn.value ? `${page.value.title} · Accessa` : "Sign in · Accessa"
  }, [page.value.title, signedIn.value])
  if (!signedIn.value) return html`<${SignIn} />`
  return html`<${Shell}><${page.value.view} key=${path.value} ...${page.value.props} /></${Shell}>`
}

const root = document.getElementById("app")
listenToKeys()
if (root !== null) render(html`<${App} />`, root)
