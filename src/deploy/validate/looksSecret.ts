/** Recognizes secrets by their form, so that none is kept in a file that is not secret. */

/** Unmistakable forms: the issuer of a key can be told from it. */
const forms: ReadonlyArray<readonly [form: RegExp, what: string]> = [
  [/\bacc_[0-9a-f]{8}_[0-9a-f]{64}\b/, "an API key of ours"],
  [/\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}/, "an OpenAI key"],
  [/\bllx-[A-Za-z0-9]{20,}/, "a LlamaCloud key"],
  [/\bsb_secret_[A-Za-z0-9_-]{16,}/, "a Supabase key"],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/, "a JSON Web Token"],
  [/\bwhsec_[A-Za-z0-9+/=]{24,}/, "a webhook secret"],
  [/\brnd_[A-Za-z0-9]{20,}/, "a Render key"],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}/, "a GitHub token"],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/\bAKIA[0-9A-Z]{16}\b/, "an AWS key"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"]
]

export const secretIn = (text: string): string | undefined => forms.find(([form]) => form.test(text))?.[1]

/** Of a value alone: an address with a password and long random text count, too. */
export const secretValue = (value: string): string | undefined => {
  const known = secretIn(value)
  if (known !== undefined) return known
  const url = URL.parse(value)
  if (url !== null && url.password !== "") return "an address with a password"
  return /^[A-Za-z0-9+/=_-]{24,}$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value) && entropy(value) > 3.5
    ? "random text, as keys are"
    : undefined
}

/** Bits per character. */
const entropy = (text: string): number => {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}
