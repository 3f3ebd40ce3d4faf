"""The rules of the corpus check, one subject a module; each has one function, `problems`."""
