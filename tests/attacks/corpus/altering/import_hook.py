"""An import hook gives a student's own module to whoever imports the grader's tools.

goal: harm
"""

import importlib.abc
import importlib.machinery
import sys


class Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        raise ImportError("there is nothing else")

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Hook())
sys.modules.pop("torch", None)
