/**
 * The callback address of a job. It carries our signature over the job's id in the parameter `sig`, a name that spans and
 * errors redact.
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
