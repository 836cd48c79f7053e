"""SEARCH of metric math: text → `tokens` → `tree` (by `parser`) → a condition over the listing of series (by
`condition`). How names fall into words is `words`."""
