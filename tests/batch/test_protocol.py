"""What a service and a judge process say to each other arrives as it was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from torchstone.batch import protocol
from torchstone.model import Cell, DrawKey, GradingPolicy, JailPolicy, Limits, Program

cells = st.builds(Cell, st.text(), st.integers(1, 1000), st.text())
programs = st.builds(Program, st.text(), st.lists(cells).map(tuple))


@given(programs)
def test_a_program_keeps_its_digest(program):
    arrived = protocol.load_program(json.loads(json.dumps(protocol.dump_program(program))))
    assert arrived == program
    assert arrived.digest == program.digest


@given(st.binary(min_size=1), st.floats(0.1, 100), st.sampled_from(["auto", "namespaces", "landlock", "none"]))
def test_a_policy_arrives_with_its_key(key, seconds, tier):
    policy = GradingPolicy(JailPolicy(tier, Limits(cpu_seconds=seconds)), DrawKey(key, "f", "2"), ("cpu",), ("sim",))
    assert protocol.load_policy(json.loads(json.dumps(protocol.dump_policy(policy)))) == policy
