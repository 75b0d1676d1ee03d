"""The course's secret: made once, private, recognisable by its fingerprint, and never the same key twice."""

import stat

import pytest

from torchstone import secret
from torchstone.errors import SecretError


def test_it_is_made_once_and_private(tmp_path):
    path = tmp_path / "state" / "secret"
    made = secret.load_or_create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret.load_or_create(path) == made
    with pytest.raises(SecretError, match="there is a secret"):
        secret.create(path)


def test_one_that_others_can_read_is_refused(tmp_path):
    secret.create(tmp_path / "secret")
    (tmp_path / "secret").chmod(0o644)
    with pytest.raises(SecretError, match="chmod 600"):
        secret.load(tmp_path / "secret")


@pytest.mark.parametrize("text", ["", "not hex", "ab" * 31])
def test_a_damaged_one_is_refused(tmp_path, text):
    (tmp_path / "secret").write_text(text)
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(SecretError, match="damaged"):
        secret.load(tmp_path / "secret")


def test_importing_never_replaces_another_one(tmp_path):
    ours, theirs = secret.create(tmp_path / "ours"), secret.create(tmp_path / "theirs")
    assert ours != theirs
    with pytest.raises(SecretError, match="another secret"):
        secret.import_from(tmp_path / "theirs", tmp_path / "ours")
    assert secret.load(tmp_path / "ours") == ours
    assert secret.import_from(tmp_path / "theirs", tmp_path / "new") == theirs


def test_keys_differ_by_assignment_and_round_and_secret(tmp_path):
    ours, theirs = secret.create(tmp_path / "ours"), secret.create(tmp_path / "theirs")
    keys = {secret.draw_key(s, a, r).key for s in (ours, theirs) for a in ("week04", "week05") for r in ("1", "2")}
    assert len(keys) == 8
    assert secret.draw_key(ours, "week04").fingerprint == secret.fingerprint(ours)
    assert ours.hex() not in secret.fingerprint(ours)
