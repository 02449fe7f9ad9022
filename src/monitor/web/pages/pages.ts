/** Which page an address shows. */
import type { FunctionComponent } from "preact"
import { Alerts } from "./Alerts.ts"
import { Audit } from "./Audit.ts"
import { Capacity } from "./Capacity.ts"
import { Costs } from "./Costs.ts"
import { Deploys } from "./Deploys.ts"
import { Document } from "./Document.ts"
import { Failures } from "./Failures.ts"
import { Job } from "./Job.ts"
import { Jobs } from "./Jobs.ts"
import { NotFound } from "./NotFound.ts"
import { Overview } from "./Overview.ts"
import { Providers } from "./Providers.ts"
import { Search } from "./Search.ts"
import { Upload } from "./Upload.ts"
import { Webhooks } from "./Webhooks.ts"
import { Workers } from "./Workers.ts"

interface Page {
  readonly title: string
  readonly view: FunctionComponent<{ readonly id: string }>
  readonly props: { readonly id: string }
}

const fixed: Readonly<Record<string, readonly [string, FunctionComponent<{ readonly id: string }>]>> = {
  "/": ["Overview", Overview],
  "/jobs": ["Jobs", Jobs],
  "/failures": ["Failures", Failures],
  "/alerts": ["Alerts", Alerts],
  "/workers": ["Workers", Workers],
  "/providers": ["Providers", Providers],
  "/costs": ["Costs", Costs],
  "/capacity": ["Capacity", Capacity],
  "/webhooks": ["Webhooks", Webhooks],
  "/deploys": ["Deploys", Deploys],
  "/audit": ["Audit", Audit],
  "/search": ["Search", Search],
  "/upload": ["Upload", Upload]
}

export const pageOf = (address: string): Page => {
  const path = address === "/" ? address : address.replace(/\/$/u, "")
  const found = fixed[path]
  if (found !== undefined) return { title: found[0], view: found[1], props: { id: "" } }
  const [, kind, id = ""] = path.split("/")
  if (kind === "jobs") return { title: `Job ${id.slice(0, 8)}`, view: Job, props: { id } }
  if (kind === "documents") return { title: `Document ${id.slice(0, 8)}`, view: Document, props: { id } }
  return { title: "Not found", view: NotFound, props: { id: path } }
}
