/** Recognizes secrets by their form, so that none is kept in a file that is not secret. */

/** Unmistakable beginnings, that identify the issuer, and how many characters follow at least. */
const forms: ReadonlyArray<{ readonly start: string; readonly least: number; readonly what: string }> = [
  { start: "acc_", least: 73, what: "an API key of ours" },
  { start: "sk-", least: 20, what: "an OpenAI key" },
  { start: "llx-", least: 20, what: "a LlamaCloud key" },
  { start: "sb_secret_", least: 16, what: "a Supabase key" },
  { start: "whsec_", least: 20, what: "a webhook secret" },
  { start: "rnd_", least: 20, what: "a Render key" },
  ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map((start) => ({ start, least: 30, what: "a GitHub token" })),
  ...["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-"].map((start) => ({
    start,
    least: 10,
    what: "a Slack token"
  })),
  { start: "AKIA", least: 16, what: "an AWS key" }
]

export const secretIn = (text: string): string | undefined => {
  if (/-{5}BEGIN [A-Z ]{0,20}PRIVATE KEY-{5}/.test(text)) return "a private key"
  for (const word of text.split(/[^\w.-]/)) {
    const form = forms.find(({ least, start }) => word.startsWith(start) && word.length >= start.length + least)
    if (form !== undefined) return form.what
    const [head = "", claims = "", signature = ""] = word.split(".")
    if (head.startsWith("eyJ") && claims.startsWith("eyJ") && signature.length >= 20) return "a JSON Web Token"
  }
  return undefined
}

/** Of a value alone: an address with a password and long random text count, too. */
export const secretValue = (value: string): string | undefined => {
  const known = secretIn(value)
  if (known !== undefined) return known
  const url = URL.parse(value)
  if (url !== null && url.password !== "") return "an address with a password"
  return value.length >= 24 && /^[A-Za-z0-9+/=_-]+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value) &&
      entropy(value) > 3.5
    ? "random text, as keys are"
    : undefined
}

/** Bits per character. */
const entropy = (text: string): number => {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}
