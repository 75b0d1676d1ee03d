"""The seminar beside the weekly exercises: topics, explorations, rubrics, participation, grades, and the gallery.

What people entered lies in the course's `seminar/` folder (mode 700, ignored by git); the rules they entered it by, in
`rubrics/` (committed).
"""
