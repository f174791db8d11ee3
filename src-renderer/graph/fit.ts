/** How a picture is fitted into its canvas: a few steps are not blown up. */
export const fitting = { padding: 0.12, maxZoom: 1 }
export const fitOptions = { ...fitting, duration: 160 }
