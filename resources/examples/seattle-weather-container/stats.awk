# The numbers of one year as JSON on standard output; -v wet=MM is the precipitation from which a day counts as wet.
BEGIN { FS = "," }
NR == 1 { next }
{
  year = substr($1, 1, 4)
  temperature += ($3 + $4) / 2
  rain += $2
  wind += $5
  if ($2 + 0 >= wet + 0) wetDays++
  if (days == 0 || $4 + 0 < low) low = $4 + 0
  if (days == 0 || $3 + 0 > high) high = $3 + 0
  if (days == 0 || $5 + 0 > gale) gale = $5 + 0
  days++
}
END {
  if (days == 0) { print "The file holds no days." > "/dev/stderr"; exit 1 }
  printf "{\"year\":%d,\"days\":%d,\"meanTemperature\":%.6f,\"minTemperature\":%.1f,\"maxTemperature\":%.1f,", year, days, temperature / days, low, high
  printf "\"precipitation\":%.6f,\"wetDays\":%d,\"meanWind\":%.6f,\"maxWind\":%.1f}\n", rain, wetDays, wind / days, gale
  printf "%d: %.1f °C, %.0f mm on %d wet days\n", year, temperature / days, rain, wetDays > "/dev/stderr"
}
