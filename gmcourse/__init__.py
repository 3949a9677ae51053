"""The instructor's side of the course: build the notebooks from the lessons, grade what comes back."""
