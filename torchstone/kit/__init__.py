"""What a student's notebook may import: `from torchstone.kit import check, data, plots`.

Runs wherever torch does (Linux, macOS, Windows); knows nothing of grading.
"""
