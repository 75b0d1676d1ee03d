"""Everything Torchstone raises on purpose.

TorchstoneError                 one clear line for the person at the keyboard
├── ConfigError                 course_config.py says something that is not allowed
├── CourseError                 the course directory lacks something (a week, a gradebook, a roster)
├── SecretError                 the course's secret is missing, readable by others, or another one
├── SubmissionError             what a student handed in cannot be taken as it is
│   ├── UnreadableNotebook      not a notebook, too large, of another week
│   └── UnsafeArchive           an archive that is not read any further
├── JailError                   the jail cannot do what it promises
│   └── JailUnavailable         no tier can be built here: grading refuses
├── WireError                   a frame that breaks the protocol
│   ├── WireDeadline            the other side was silent too long
│   ├── WireClosed              the other side is gone
│   └── NotData                 a value that is not data (a module, a function)
├── CourseFault                 a grader or a reference is wrong: never the student's loss
├── GateError                   a release that must not go out
├── StoreError                  the results store cannot be used (version, secret, disk)
├── ClusterError                 the cluster cannot be used (no TLS, out of reach, no worker may judge)
├── GradebookError              nbgrader's gradebook cannot be used
├── AllocationError             topics cannot be given out as asked
└── BusyError                   another run holds the course directory

What a student got wrong is not an error of this tree: see `torchstone.compare.Fault`.
"""


class TorchstoneError(Exception):
    """Base of the tree. The message says what is wrong, where, and what to do about it."""

    #: What the command line exits with.
    exit_code = 1


class ConfigError(TorchstoneError):
    """`course_config.py` holds a value that is not allowed: the key, the value, what is allowed."""

    exit_code = 2


class CourseError(TorchstoneError):
    """The course directory lacks something that the command needs."""

    exit_code = 2


class SecretError(TorchstoneError):
    """The course's secret is missing, open to other users, or not the one that graded before."""


class SubmissionError(TorchstoneError):
    """What a student handed in cannot be taken as it is."""


class UnreadableNotebook(SubmissionError):
    """The file is not a notebook we accept; the message is written for the student."""


class UnsafeArchive(SubmissionError):
    """The archive breaks a bound (size, count, names, links) and is not read any further."""


class JailError(TorchstoneError):
    """The jail cannot do what it promises."""


class JailUnavailable(JailError):
    """No tier of the jail can be built on this machine; the message lists what is missing."""

    exit_code = 3


class WireError(TorchstoneError):
    """A frame that breaks the protocol."""


class WireDeadline(WireError):
    """The other side was silent for longer than the call may take."""


class WireClosed(WireError):
    """The other side closed its end."""


class NotData(WireError):
    """The value holds something that is not data; the message names it (`a Conv2d`)."""


class CourseFault(TorchstoneError):
    """A check fails on its own reference, or compares nothing: the course's fault, never a student's."""


class GateError(TorchstoneError):
    """A release that must not go out; the message names the exercise and the reason."""


class StoreError(TorchstoneError):
    """The results store cannot be used."""


class ClusterError(TorchstoneError):
    """The cluster cannot be used, or answered with what is not an answer."""


class GradebookError(TorchstoneError):
    """nbgrader's gradebook cannot be used."""


class AllocationError(TorchstoneError):
    """Topics cannot be given out as asked; the message names what is in the way and the smallest change."""


class BusyError(TorchstoneError):
    """Another run holds the course directory."""

    exit_code = 4
