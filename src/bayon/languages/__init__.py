"""The query languages: each a folder, `text → tokens → tree → what answers it`, in pure stages that print and are
tested alone. Nothing here does I/O, reads the clock or knows an AWS operation."""
