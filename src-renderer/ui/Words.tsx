/** A sentence in which what stands in backquotes is code. */
export function Words({ text }: { readonly text: string }) {
  return text.split('`').map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no identity
      <code key={i} className="mono">
        {part}
      </code>
    ),
  )
}
