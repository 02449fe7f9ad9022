/** How much of what is attached to a mail is taken. */
export const attachments = {
  /** Files of one mail. */
  most: 100,
  /** How many mails a file may be inside, each attached to the next. */
  deepest: 5
}
