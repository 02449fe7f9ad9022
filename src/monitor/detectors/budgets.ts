/** Budgets: nearly used up, and used up. */
import type { AlertFacts } from "../../domain/AlertFacts.ts"
import { type Detectors, percent } from "./Detector.ts"

const isUsedUp = ({ parked, share }: AlertFacts["budgets"][number], over: number) => parked || share * 100 >= over
const of = (user: string | null) => user === null ? "of all users together" : `of user ${user}`

export const budgets = {
  BUDGET_LOW: ({ budgets }, over) =>
    budgets.filter((budget) => budget.share * 100 >= over && !isUsedUp(budget, 100)).map(({ share, user }) => ({
      subject: user ?? "all",
      message: `${percent(share)} of this month's budget ${of(user)} is used.`
    })),
  BUDGET_USED_UP: ({ budgets }, over) =>
    budgets.filter((budget) => isUsedUp(budget, over)).map(({ parked, user }) => ({
      subject: user ?? "all",
      message: parked
        ? `Jobs ${of(user)} are parked: this month's budget does not cover their embeddings.`
        : `This month's budget ${of(user)} is used up.`
    }))
} satisfies Detectors
