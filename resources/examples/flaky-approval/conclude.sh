# WEIR_INPUT_READINGS is a JSON list of numbers: without its brackets and commas it is one number a line.
printf '%s\n' "$WEIR_INPUT_READINGS" | tr -d '[] ' | tr ',' '\n' |
  awk -v threshold="$WEIR_INPUT_THRESHOLD" '
    $1 + 0 >= threshold + 0 { kept = kept (n++ ? ", " : "") $1; sum += $1 }
    END {
      print "[" kept "]" > "kept.json"
      printf "%d readings of at least %s, mean %.2f", n, threshold, n ? sum / n : 0
    }' > conclusion.txt
printf ' (decided by %s)\n' "$WEIR_INPUT_OPERATOR" >> conclusion.txt
cat conclusion.txt
