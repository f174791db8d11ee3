# Fails with 75 at the first two attempts. WEIR_ATTEMPT counts from 1.
if [ "$WEIR_ATTEMPT" -lt 3 ]; then
  echo "The instrument does not answer (attempt $WEIR_ATTEMPT)." >&2
  exit 75
fi
echo '[4.2, 18.5, 9.9, 27.1, 10, 13.6]' > readings.json
echo "Six readings at attempt $WEIR_ATTEMPT."
