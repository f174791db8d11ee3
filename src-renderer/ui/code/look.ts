import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/*
 * The look of every code editor, from the tokens: they change with light and dark by themselves, so one look serves
 * both, and an open editor need not be told.
 */

const surfaces = EditorView.theme({
  '&': { color: 'var(--weir-text)', backgroundColor: 'transparent', fontSize: '12px', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--weir-mono)',
    fontVariantLigatures: 'none',
    lineHeight: '1.55',
    overflow: 'auto',
  },
  '.cm-content': { caretColor: 'var(--weir-text)', padding: '6px 0' },
  '.cm-line': { padding: '0 10px 0 6px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--weir-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--weir-accent) 26%, transparent)',
  },
  '.cm-content ::selection': { backgroundColor: 'color-mix(in srgb, var(--weir-accent) 26%, transparent)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--weir-hover) 55%, transparent)' },
  '.cm-gutters': {
    // Long lines pass below it.
    backgroundColor: 'var(--weir-raised)',
    color: 'var(--weir-text-faint)',
    border: 'none',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--weir-text)' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 12px' },
  '.cm-foldGutter .cm-gutterElement': { cursor: 'pointer' },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--weir-hover)',
    border: '1px solid var(--weir-line)',
    borderRadius: '4px',
    color: 'var(--weir-text-dim)',
    padding: '0 6px',
    margin: '0 4px',
  },
  '.cm-placeholder': { color: 'var(--weir-text-faint)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in srgb, var(--weir-accent) 18%, transparent)',
    outline: '1px solid var(--weir-accent)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { color: 'var(--weir-failed)' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--weir-accent) 16%, transparent)' },
  '.cm-searchMatch': {
    backgroundColor: 'color-mix(in srgb, var(--weir-abandoned) 26%, transparent)',
    borderRadius: '2px',
  },
  '.cm-searchMatch.cm-searchMatch-selected': {
    backgroundColor: 'color-mix(in srgb, var(--weir-abandoned) 52%, transparent)',
  },
  '.cm-expression': {
    color: 'var(--weir-accent-strong)',
    backgroundColor: 'color-mix(in srgb, var(--weir-accent) 11%, transparent)',
    borderRadius: '3px',
  },
  '.cm-expression *': { color: 'inherit' },
})

const floating = EditorView.theme({
  '.cm-tooltip': {
    backgroundColor: 'var(--weir-raised)',
    color: 'var(--weir-text)',
    border: '1px solid var(--weir-line)',
    borderRadius: 'var(--weir-radius)',
    boxShadow: 'var(--weir-shadow)',
    fontFamily: 'var(--weir-font)',
    fontSize: '12px',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--weir-mono)', maxHeight: '240px', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', borderRadius: '4px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--weir-selected)',
    color: 'var(--weir-text)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > completion-section': {
    color: 'var(--weir-text-dim)',
    borderBottom: 'none',
    fontFamily: 'var(--weir-font)',
    fontSize: '11px',
    padding: '6px 8px 2px',
    opacity: '1',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--weir-accent)', fontWeight: '600' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--weir-text-dim)', marginLeft: '12px' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 10px', maxWidth: '300px', lineHeight: '1.45' },
  '.cm-tooltip-hover': { maxWidth: '420px', lineHeight: '1.45' },
  '.cm-tooltip .cm-help': { padding: '8px 10px', maxWidth: '400px' },
  '.cm-tooltip .cm-help code': { fontFamily: 'var(--weir-mono)', fontWeight: '600' },
  '.cm-tooltip-lint': { padding: '0' },
  '.cm-diagnostic': { padding: '7px 10px', borderLeft: '3px solid transparent', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--weir-failed)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--weir-abandoned)' },
  '.cm-lintRange-error': wave('var(--weir-failed)'),
  '.cm-lintRange-warning': wave('var(--weir-abandoned)'),
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 0 0 3px' },
  '.cm-lint-marker': { width: '9px', height: '9px', marginTop: '5px', content: 'none !important', borderRadius: '50%' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--weir-failed)' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--weir-abandoned)', borderRadius: '2px' },
})

function wave(color: string): Record<string, string> {
  return {
    backgroundImage: 'none',
    textDecoration: `underline wavy ${color}`,
    textDecorationThickness: '1px',
    textUnderlineOffset: '3px',
  }
}

const panels = EditorView.theme({
  '.cm-panels': { backgroundColor: 'var(--weir-panel)', color: 'var(--weir-text)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--weir-line)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--weir-line)' },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '4px 6px',
    padding: '6px 30px 6px 10px',
    fontFamily: 'var(--weir-font)',
  },
  '.cm-panel.cm-search br': { flexBasis: '100%', height: '0', content: '""' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '4px',
    fontSize: '12px',
    color: 'var(--weir-text-dim)',
    margin: '0',
  },
  '.cm-panel.cm-search input[type=checkbox]': { accentColor: 'var(--weir-accent)', margin: '0' },
  '.cm-panel.cm-search [name=close]': {
    position: 'absolute',
    top: '5px',
    right: '8px',
    width: '24px',
    height: '24px',
    fontSize: '16px',
    color: 'var(--weir-text-dim)',
    cursor: 'pointer',
  },
  '.cm-textfield': {
    backgroundColor: 'var(--weir-raised)',
    color: 'var(--weir-text)',
    border: '1px solid var(--weir-line)',
    borderRadius: 'var(--weir-radius)',
    fontSize: '12px',
    height: '26px',
    padding: '0 8px',
    margin: '0',
    minWidth: '140px',
  },
  '.cm-textfield:focus-visible': { outline: '2px solid var(--weir-focus)', outlineOffset: '-1px' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--weir-raised)',
    color: 'var(--weir-text)',
    border: '1px solid var(--weir-line)',
    borderRadius: 'var(--weir-radius)',
    fontSize: '12px',
    height: '26px',
    padding: '0 8px',
    margin: '0',
    cursor: 'pointer',
  },
  '.cm-button:hover': { backgroundColor: 'var(--weir-hover)' },
})

/** The code colours are the status colours: they are tuned for both grounds already. */
const colors = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--weir-running)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--weir-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--weir-waiting)' },
  { tag: [tags.comment, tags.lineComment, tags.meta], color: 'var(--weir-text-faint)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--weir-waiting)' },
  { tag: [tags.variableName, tags.labelName, tags.typeName], color: 'var(--weir-succeeded)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.operator], color: 'var(--weir-text-dim)' },
])

export const look: Extension = [surfaces, floating, panels, syntaxHighlighting(colors)]
