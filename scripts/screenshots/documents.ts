/** File names and users as they come in an insurer's day: short, long, with spaces, and in other scripts. */
import { UserId } from "../../src/domain/Ids.ts"

export const users = [
  "3f2a91c4-7c1b-4f0e-9a55-2d41b08c7e10",
  "8d0f6c1e-52a3-4b7d-8c11-90ab12cd34ef",
  "e41bb0d2-1e9f-4a60-b3c4-7f5566778899",
  "c77a1f09-6d2b-4e8a-a1b2-c3d4e5f60718",
  "51d2a0fe-8b9c-4d3e-9f10-a2b3c4d5e6f7"
].map((id) => UserId.make(id))

export const filenames = [
  "EOB_2026-10_member-88121.pdf",
  "claims-guide.docx",
  "Evidence-of-Coverage_2026_Medicare-Advantage_Northquay-HMO-SNP_H1234-045-000_final_v7 (signed) [compressed].pdf",
  "وثيقة التأمين الصحي ٢٠٢٦ – الملحق ب.pdf",
  "home-policy (3).pdf",
  "scan0001.pdf",
  "adjuster-notes.md",
  "member-letter.txt",
  "Formulary-Tier-Changes-Q1.html",
  "faq.html",
  "Summary-of-Benefits-and-Coverage_PPO-Gold-4500_2026.pdf",
  "Claims Handbook – Kapitel 7 Überschwemmung.docx",
  "provider-directory-west.pdf",
  "prior-authorization-form.pdf",
  "plan-comparison-2026.html",
  "dental-rider_2026-02.pdf",
  "flood-endorsement.pdf",
  "appeal-decision-20411.pdf",
  "Rechnung Nr. 4471 (Kowalczyk).pdf",
  "renewal-offer-2027.docx"
] as const

const mediaTypes: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  html: "text/html",
  md: "text/markdown",
  txt: "text/plain"
}

export const mediaTypeOf = (filename: string): string =>
  mediaTypes[filename.slice(filename.lastIndexOf(".") + 1)] ?? "application/octet-stream"

/** The same numbers in every run, from 0 to below 1. */
export const makeRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
