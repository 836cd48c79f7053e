"""X-Ray filter expressions: text → tokens → tree → SQL. Pure; every error says what was expected, and where."""
