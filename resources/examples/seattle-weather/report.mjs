/** node report.mjs: reads summary, stats and trend from the step's inputs, writes report.html, one file without links. */
import { readFileSync, writeFileSync } from 'node:fs'
import { barChart, heatMap, lineChart } from './charts.mjs'

const COLD_TO_WARM = [
  [58, 110, 180],
  [238, 236, 225],
  [214, 96, 56],
]
const DRY_TO_WET = [
  [238, 236, 225],
  [126, 176, 205],
  [24, 78, 128],
]
/** Below this share of explained variance a line through the points says nothing. */
const CLEAR_TREND_R2 = 0.5

const { summary, stats, trend } = JSON.parse(readFileSync('inputs.json', 'utf8'))

const minus = (text) => text.replace('-', '−')
const number = (value, digits) => (value === null ? '–' : minus(value.toFixed(digits)))
const trendWords = ({ slope, r2 }, digits, unit) => {
  if (slope === null) return 'One year alone has no trend.'
  const change = `${slope < 0 ? '' : '+'}${number(slope, digits)} ${unit} a year (R² ${r2.toFixed(2)})`
  return r2 < CLEAR_TREND_R2 ? `${change}: no clear trend.` : `${change}.`
}

const warmest = stats.reduce((best, year) => (year.meanTemperature > best.meanTemperature ? year : best))
const wettest = stats.reduce((best, year) => (year.precipitation > best.precipitation ? year : best))
const tile = (label, value, note) =>
  `<div class="tile"><span>${label}</span><strong>${value}</strong><span>${note}</span></div>`
const section = (title, note, chart) => `<section><h2>${title}</h2><p>${note}</p>${chart}</section>`
const points = (field) => stats.map((year) => ({ year: year.year, value: year[field] }))
const months = (field) => stats.map((year) => ({ year: year.year, values: year.months.map((month) => month[field]) }))

const tableRow = (year) =>
  `<tr><th scope="row">${year.year}</th>${[
    year.days,
    number(year.meanTemperature, 2),
    number(year.minTemperature, 1),
    number(year.maxTemperature, 1),
    number(year.precipitation, 1),
    year.wetDays,
    number(year.meanWind, 2),
    number(year.maxWind, 1),
  ]
    .map((value) => `<td>${value}</td>`)
    .join('')}</tr>`

const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #ffffff; --ink: #17202b; --quiet: #5b6876; --rule: #dfe4ea; --bar: #8db1de; --warm: #c8502b }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1a2029; --ink: #e6ebf1; --quiet: #98a5b3; --rule: #2c3542; --bar: #43699c; --warm: #ee8a62 } }
* { box-sizing: border-box }
body { margin: 0; padding: 40px 20px; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums }
main { max-width: 800px; margin: 0 auto }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em }
h2 { margin: 0; font-size: 16px }
p { margin: 4px 0 12px; color: var(--quiet) }
section, .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px }
section { padding: 20px; margin-top: 16px; overflow-x: auto }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; margin-top: 24px }
.tile { padding: 14px 16px; display: grid; gap: 2px }
.tile span { color: var(--quiet); font-size: 13px }
.tile strong { font-size: 24px; font-weight: 600; letter-spacing: -0.01em }
svg { display: block; width: 100%; min-width: 560px; height: auto; font: 12px system-ui, sans-serif }
.grid { stroke: var(--rule) } .tick { fill: var(--quiet) } .value { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round } .cell { font-size: 12px }
.line { fill: none; stroke: var(--warm); stroke-width: 2 } .dot { fill: var(--warm); stroke: var(--card); stroke-width: 2 }
.bar { fill: var(--bar) } .trend { stroke: var(--ink); opacity: 0.75; stroke-width: 1.5; stroke-dasharray: 5 5 }
table { width: 100%; border-collapse: collapse; white-space: nowrap }
th, td { padding: 6px 10px; text-align: right; border-bottom: 1px solid var(--rule); font-weight: 400 }
thead th { color: var(--quiet); font-size: 13px } th:first-child { text-align: left; font-weight: 600 } tbody tr:last-child > * { border-bottom: 0 }
footer { margin-top: 16px; color: var(--quiet); font-size: 13px }`

const HEADINGS = ['Year', 'Days', 'Mean °C', 'Min °C', 'Max °C', 'Rain mm', 'Wet days', 'Wind m/s', 'Max m/s']

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Seattle weather</title><style>${STYLE}</style></head>
<body><main>
<h1>Seattle weather</h1>
<p>${summary.rows.toLocaleString('en')} days from ${summary.from} to ${summary.to}; ${summary.missingDays} days and ${summary.missingCells} values missing</p>
<div class="tiles">
${tile('Warmest year', `${number(warmest.meanTemperature, 1)} °C`, warmest.year)}
${tile('Wettest year', `${number(wettest.precipitation, 0)} mm`, wettest.year)}
${tile('Coldest night', `${number(Math.min(...stats.map((year) => year.minTemperature)), 1)} °C`, 'lowest daily minimum')}
${tile('Hottest day', `${number(Math.max(...stats.map((year) => year.maxTemperature)), 1)} °C`, 'highest daily maximum')}
</div>
${section('Mean temperature, °C', trendWords(trend.temperature, 2, '°C'), lineChart(points('meanTemperature'), trend.temperature, 'Mean temperature of each year'))}
${section('Precipitation, mm', trendWords(trend.precipitation, 0, 'mm'), barChart(points('precipitation'), trend.precipitation, 'Precipitation of each year'))}
${section('Temperature by month, °C', 'Mean of the daily highs and lows.', heatMap(months('meanTemperature'), COLD_TO_WARM, 1, 'Mean temperature of each month'))}
${section('Precipitation by month, mm', 'Sum over the month.', heatMap(months('precipitation'), DRY_TO_WET, 0, 'Precipitation of each month'))}
<section><h2>Numbers</h2><p>Behind the charts.</p><table><thead><tr>${HEADINGS.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead><tbody>${stats.map(tableRow).join('')}</tbody></table></section>
<footer>Dashed: straight line by least squares over ${trend.years} years. Made by the example seattle-weather of Weir.</footer>
</main></body>
</html>
`
writeFileSync('report.html', page)
console.log(`report.html: ${(Buffer.byteLength(page) / 1024).toFixed(0)} KiB`)
