import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  Input,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'

/** Accent: 600 on light surfaces, 400 on dark ones. */
const teal: MantineColorsTuple = [
  '#effcfa',
  '#ccf5ef',
  '#99ebe0',
  '#5eead4',
  '#2dd4bf',
  '#14b8a6',
  '#0d9488',
  '#0d7d74',
  '#0b6a62',
  '#0a554f',
]

/** Dark surfaces, from text to the ground; Mantine's own components paint with them. */
const dark: MantineColorsTuple = [
  '#e4e9f0',
  '#c3ccd8',
  '#9fadc0',
  '#8b99ad',
  '#3b4858',
  '#26303c',
  '#1a222c',
  '#12181f',
  '#0f151b',
  '#0c1117',
]

/** Mantine reckons the contrast of filled buttons for light surfaces only; ours hold on both. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input)
  if (input.variant !== 'filled') return colors
  const { color = 'teal' } = input
  if (color === 'teal') return { ...colors, color: 'var(--weir-accent-contrast)' }
  if (color !== 'red') return colors
  return {
    ...colors,
    background: 'var(--weir-failed)',
    hover: 'color-mix(in srgb, var(--weir-failed) 88%, var(--weir-text))',
    color: 'var(--weir-panel)',
  }
}

export const theme = createTheme({
  variantColorResolver,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.4,
  colors: { teal, dark },
  defaultRadius: 6,
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.45', sm: '1.45', md: '1.45', lg: '1.3', xl: '1.3' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px' }, h2: { fontSize: '16px' }, h3: { fontSize: '13px' } },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'compact-md', h: 32, px: 12 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    // The smallest control is 30 px high; its text is that of the body.
    Input: Input.extend({ vars: () => ({ wrapper: { '--input-fz': '13px' } }) }),
    InputWrapper: {
      styles: {
        label: { fontSize: 13, fontWeight: 500, marginBottom: 4 },
        description: { fontSize: 12 },
        error: { fontSize: 12 },
      },
    },
    Kbd: {
      styles: {
        root: { borderBottomWidth: 1, color: 'var(--weir-text-dim)', fontFamily: 'var(--weir-font)', fontWeight: 500 },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close this notice' } } },
    // The keys of the search move through what it finds; what is longer than its place can also be gone to and scrolled.
    SpotlightActionsList: { defaultProps: { viewportProps: { tabIndex: 0 } } },
    TextInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    MultiSelect: { defaultProps: { size: 'xs' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' }, styles: { label: { fontSize: 13 } } },
    Badge: { styles: { root: { textTransform: 'none', fontSize: 11, fontWeight: 500 } } },
    Switch: { defaultProps: { size: 'xs', withThumbIndicator: false }, styles: { label: { fontSize: 13 } } },
    SegmentedControl: { defaultProps: { size: 'sm' }, styles: { label: { paddingInline: 8, fontWeight: 500 } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 120 } } },
    // The placeholder would be a child that a menu may not have. A click outside closes before editors and the canvas
    // take the focus at the same click: closed later, the menu would take it back to its button.
    Menu: {
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 120 },
        withInitialFocusPlaceholder: false,
        clickOutsideEvents: ['pointerdown', 'mousedown', 'touchstart', 'keydown'],
        clickOutsideCapture: true,
      },
      styles: { item: { padding: '6px 10px', fontSize: 13 }, itemSection: { color: 'var(--weir-text-dim)' } },
    },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 140 },
        overlayProps: { backgroundOpacity: 0.45 },
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        // Its <header> is no banner of the page.
        attributes: { header: { role: 'none' } },
        styles: {
          title: { fontSize: 16, fontWeight: 600 },
          header: { paddingInline: 16 },
          body: { padding: 16, paddingTop: 0 },
        },
      },
    },
  },
})

/** Mantine's own variables, pointed at ours, so that its components stand on the same surfaces. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--weir-panel)',
    '--mantine-color-text': 'var(--weir-text)',
    '--mantine-color-dimmed': 'var(--weir-text-dim)',
    '--mantine-color-default': 'var(--weir-raised)',
    '--mantine-color-default-hover': 'var(--weir-hover)',
    '--mantine-color-default-border': 'var(--weir-line)',
    '--mantine-color-default-color': 'var(--weir-text)',
    '--mantine-color-placeholder': 'var(--weir-text-faint)',
    '--mantine-color-anchor': 'var(--weir-accent)',
    '--mantine-color-error': 'var(--weir-failed)',
    '--mantine-shadow-md': 'var(--weir-shadow)',
  }
  return { variables: {}, light: shared, dark: shared }
}
