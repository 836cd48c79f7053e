"""Import of what people have: files are read here and sent over the public API, to bayon or to any AWS endpoint."""
