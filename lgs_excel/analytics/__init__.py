"""One file a question: its definition, its query, its answer."""
