load_subconfig("course_config.py")  # noqa: F821  (nbgrader's loader provides the name)
