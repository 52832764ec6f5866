/** A text of characters that a page can hold. Control characters and halves of surrogate pairs become the replacement character. */
export function wholeText(text: string): string {
  return text.replace(/\p{Surrogate}|(?![\t\n])\p{Cc}/gu, '\ufffd');
}
