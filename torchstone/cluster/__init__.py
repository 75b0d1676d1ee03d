"""Judges on other machines, through Dask (docs/cluster.md).

What crosses is our own JSON, read strictly at both ends; nothing of a submission is ever pickled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from torchstone.batch import Engine
from torchstone.cluster.trust import require_trusted
from torchstone.errors import ClusterError

__all__ = ["engine_at"]

_LOGGERS: Final = ("distributed", "distributed.client", "tornado", "tornado.application")


def engine_at(address: str, say: Callable[[str], None]) -> Engine:
    """The engine behind the Dask scheduler at `address`; `say` is told of workers that may not judge.

    Raises ClusterError if the address is not to be trusted with graders, or Dask is not installed.
    """
    require_trusted(address, "the address")
    try:
        import dask

        dask.config.set({"logging": dict.fromkeys(_LOGGERS, "critical")})  # what it logs is told by us, in a line
        from torchstone.cluster.engine import DaskJudges
    except ModuleNotFoundError as e:
        raise ClusterError(f'{e}; grading on a cluster needs `pip install "torchstone[cluster]"`') from e
    return partial(DaskJudges, address=address, say=say)
