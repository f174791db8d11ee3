/** How a picture is fitted into its canvas: clear of the buttons at its foot; a few steps are not blown up. */
export const fitting = {
  padding: { top: '32px', right: '32px', bottom: '64px', left: '32px' },
  maxZoom: 1,
} as const
export const fitOptions = { ...fitting, duration: 160 }
