# Checks the table, writes years/<year>.csv and summary.json. Ends with exit code 1 and a sentence at the first fault.
function refuse(text) { print text > "/dev/stderr"; failed = 1; exit 1 }
BEGIN {
  FS = ","
  header = "date,precipitation,temp_max,temp_min,wind,weather"
  number = "^-?[0-9]+([.][0-9]+)?$"
  system("mkdir -p years")
}
{ sub(/\r$/, "") }
NR == 1 && $0 != header { refuse("line 1: the header must be " header) }
NR == 1 { next }
NF != 6 { refuse("line " NR ": " NF " cells instead of 6") }
$1 !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/ { refuse("line " NR ": \"" $1 "\" is not a date of the form 2012-01-31") }
$1 <= last { refuse("line " NR ": " $1 " does not come after " last) }
{
  for (i = 2; i <= 5; i++) if ($i !~ number) refuse("line " NR ": \"" $i "\" is not a number")
  if ($3 + 0 < $4 + 0) refuse("line " NR ": temp_max " $3 " is below temp_min " $4)
  year = substr($1, 1, 4)
  file = "years/" year ".csv"
  if (!(year in seen)) { seen[year] = 1; list = list (list == "" ? "" : ",") year; print header > file }
  print > file
  if (rows++ == 0) first = $1
  last = $1
}
END {
  if (failed) exit 1
  if (rows == 0) { print "The table has a header but no days." > "/dev/stderr"; exit 1 }
  printf "{\"rows\":%d,\"from\":\"%s\",\"to\":\"%s\",\"years\":[%s]}\n", rows, first, last, list > "summary.json"
  print rows " days from " first " to " last
}
