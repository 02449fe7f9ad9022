/**
 * Where the parser's callbacks for a job go. The address carries a signature of ours over the job's id. It is called `sig`
 * because spans and errors leave that parameter out.
 */
import type { JobId } from "../../domain/Ids.ts"
import { isSignature, type Secrets, signatureOf } from "./signature.ts"

export const callbackUrl = (secrets: Secrets, publicUrl: URL) => (job: JobId): URL => {
  const url = new URL(`webhooks/llamaparse/${job}`, publicUrl)
  const signature = signatureOf(secrets, `callback ${job}`)
  if (signature !== undefined) url.searchParams.set("sig", signature)
  return url
}

export const isCallbackSignature = (secrets: Secrets, job: string, given: string): boolean =>
  isSignature(secrets, `callback ${job}`, given)
