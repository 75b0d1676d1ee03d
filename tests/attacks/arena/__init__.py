"""Where attacks are tried: against an unprotected grader (the control) first, then against ours."""
