/** What stands for a secret in logs and quoted output. */
export const MASK = '***'
/** Lines of a secret with several lines that are shorter hide nothing and would blacken half of the log. */
const MIN_SECRET_LINE = 4

/**
 * The texts to hide, longest first, so that a secret which holds another one vanishes whole. Logs are read line by
 * line, so a secret of several lines (a key file) is hidden line by line.
 */
export function secretTexts(secrets: readonly string[]): readonly string[] {
  const texts = new Set<string>()
  for (const secret of secrets) {
    const lines = secret.split(/\r?\n/).filter((line) => line !== '')
    for (const line of lines) if (lines.length === 1 || line.length >= MIN_SECRET_LINE) texts.add(line)
  }
  return [...texts].sort((a, b) => b.length - a.length)
}

/** `secrets` as made by secretTexts. */
export function maskText(text: string, secrets: readonly string[]): string {
  let masked = text
  for (const secret of secrets) masked = masked.replaceAll(secret, MASK)
  return masked
}
