"""What the judge says of a check: how the student's code ended, and why something was not run."""

from __future__ import annotations

from torchstone.messages._message import Kind, message

# ---- how the student's code ended -----------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"name": "relu"})
def undefined(name: str) -> str:
    return f"nothing called `{name}` is defined"


@message(Kind.FRAGMENT)
def not_written() -> str:
    return "not written yet: the cell still raises NotImplementedError"


@message(Kind.FRAGMENT, {"type_name": "ValueError", "text": "x is empty"}, {"type_name": "KeyError", "text": ""})
def raised(type_name: str, text: str) -> str:
    """The student's own exception, in its own words."""
    return f"{type_name}: {text}" if text else type_name


@message(Kind.FRAGMENT, {"what": "TypeError: an int is not callable"})
def unusable(what: str) -> str:
    """It was raised outside the student's own lines, over what they gave."""
    return f"what your code gave could not be used: {what}"


@message(Kind.FRAGMENT, {"cell": "cell 7", "what": "ValueError: x is empty"})
def cell_failed(cell: str, what: str) -> str:
    return f"{cell} failed: {what}"


@message(Kind.FRAGMENT, {"seconds": 40.0})
def no_answer_in_time(seconds: float) -> str:
    return f"no answer within {seconds:g} s"


@message(Kind.FRAGMENT, {"seconds": 10.0})
def too_much_computing(seconds: float) -> str:
    return f"no answer within {seconds:g} s of computing"


@message(Kind.FRAGMENT)
def ended() -> str:
    return "the program ended before it answered"


@message(Kind.FRAGMENT, {"megabytes": 4096})
def too_much_memory(megabytes: int) -> str:
    return f"it needed more than {megabytes:,} MB of memory"


@message(Kind.FRAGMENT)
def endless_output() -> str:
    return "it printed without end"


@message(Kind.FRAGMENT)
def unreadable() -> str:
    return "the answer could not be read"


@message(Kind.FRAGMENT)
def no_answer() -> str:
    return "there was no answer"


@message(Kind.FRAGMENT, {"why": "it printed without end"})
def cell_left_out(why: str) -> str:
    return f"{why}, so this cell was left out"


@message(Kind.FRAGMENT, {"why": "it printed without end"})
def cells_not_run(why: str) -> str:
    return f"the notebook's cells could not be run: {why}"


@message(Kind.FRAGMENT, {"why": "it printed without end"})
def too_many_cells_end(why: str) -> str:
    return f"the notebook's cells could not be run: too many end it ({why})"


# ---- what came back -------------------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"what": "a Conv2d"})
def not_data(what: str) -> str:
    return f"the result holds {what}, where numbers, strings, tensors or lists of them are expected"


@message(Kind.FRAGMENT, {"name": "relu", "number": 1})
def input_changed(name: str, number: int) -> str:
    return f"`{name}` changed the tensor it was given (number {number}): work on a copy"


@message(Kind.FRAGMENT)
def came_back_on_the_cpu() -> str:
    return "the inputs were on the accelerator and a result came back on the CPU"


@message(Kind.FRAGMENT)
def more_results() -> str:
    return "there are more results than expected"


@message(Kind.FRAGMENT)
def fewer_results() -> str:
    return "there are fewer results than expected"


@message(Kind.FRAGMENT)
def nothing_to_check() -> str:
    return "the result is empty: there is nothing to check"


@message(Kind.FRAGMENT, {"type_name": "IndexError"})
def not_as_the_exercise_says(type_name: str) -> str:
    return f"the result could not be used as the exercise says ({type_name})"


@message(Kind.FRAGMENT)
def property_missing() -> str:
    """For an assertion of the graders without words of its own: its expression is test source."""
    return "a property that the exercise asks for does not hold"


@message(Kind.FRAGMENT, {"name": "torch.nn.Linear"})
def refused(name: str) -> str:
    return f"`{name}` does what this exercise asks you to write: build it from simpler operations"


@message(Kind.FRAGMENT, {"what": "`torch.nn.Linear` does what this exercise asks you to write"})
def not_counted(what: str) -> str:
    return f"not counted, since the exercise asks for it to be written: {what}"


# ---- what was not run -----------------------------------------------------------------------------------------------


@message(Kind.FRAGMENT, {"deaths": 2})
def program_ended_before(deaths: int) -> str:
    return f"not run: {deaths} checks of this exercise ended the program before"


@message(Kind.FRAGMENT)
def exercise_time_used_up() -> str:
    return "not run: the time for this exercise was used up by its other checks"


@message(Kind.FRAGMENT)
def notebook_time_used_up() -> str:
    return "not run: the time for the whole notebook was used up"


@message(Kind.FRAGMENT)
def not_right_on_the_cpu() -> str:
    return "not run: on the CPU it does not give the right answer yet"


@message(Kind.FRAGMENT)
def follows_the_cpu() -> str:
    return "not run here: it counts as passed when every check on the CPU holds"


@message(Kind.LABEL)
def accelerator_title() -> str:
    return "On an accelerator it gives the same, and stays there"
