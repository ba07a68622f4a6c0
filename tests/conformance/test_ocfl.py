"""The store against the standard: the OCFL 1.1 fixtures, and the reference validator on what docpack writes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import docpack
from docpack.archive.content import BytesContent
from docpack.archive.ocfl import OcflStore, validate_folder

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
DYING_WRITERS = HERE.parent / "unit" / "archive" / "ocfl" / "dying_writers.py"
VALIDATORS = Path(os.environ.get("VALIDATORS_HOME") or Path.home() / ".cache" / "docpack-validators")
WORK = "ark:/12345/tin-box"

# The objects of github.com/OCFL/fixtures, 1.1; the names of bad and doubtful ones begin with the codes they are for.
FIXTURES = {
    "bad": """
E001_extra_dir_in_root E001_extra_file_in_root E001_invalid_version_format E001_v2_file_in_root E003_E063_empty
E003_no_decl E007_bad_declaration_contents E008_E036_no_versions_no_head E010_missing_versions E010_skipped_versions
E011_E013_invalid_padded_head_version E015_content_not_in_content_dir E017_invalid_content_dir
E019_inconsistent_content_dir E023_extra_file E023_old_manifest_missing_entries E025_wrong_digest_algorithm E036_no_head
E036_no_id E037_inconsistent_id E040_head_not_most_recent E040_wrong_head_doesnt_exist E040_wrong_head_format
E040_wrong_version_in_version_dir E041_no_manifest E046_root_not_most_recent E049_E050_E054_bad_version_block_values
E049_created_no_timezone E049_created_not_to_seconds E050_manifest_digest_wrong_case E050_state_digest_not_in_manifest
E053_E052_invalid_logical_paths E058_no_sidecar E060_E064_root_inventory_digest_mismatch
E060_version_inventory_digest_mismatch E061_invalid_sidecar E063_no_inv E064_different_root_and_latest_inventories
E066_E092_old_manifest_digest_incorrect E066_algorithm_change_state_mismatch E066_inconsistent_version_state
E067_file_in_extensions_dir E092_E093_content_path_does_not_exist E092_algorithm_change_incorrect_digest
E092_content_file_digest_mismatch E093_fixity_digest_mismatch E095_conflicting_logical_paths
E095_non_unique_logical_paths E096_manifest_duplicate_digests E097_fixity_duplicate_digests
E100_E099_fixity_invalid_content_paths E100_E099_manifest_invalid_content_paths E101_non_unique_content_paths
E103_older_spec_v2 E107_file_in_manifest_not_used""".split(),
    "warn": """
W001_W004_W005_zero_padded_versions W001_zero_padded_versions W002_extra_dir_in_version_dir W004_uses_sha256
W004_versions_diff_digests W005_id_not_uri W007_no_message_or_user W007_spec-ex-diff-paths W008_user_no_address
W009_user_address_not_uri W010_no_version_inventory W011_version_inv_diff_metadata W013_unregistered_extension""".split(),
    "good": """
diff_files_same_md5 minimal_content_dir_called_stuff minimal_logs_directory_one_log_file minimal_mixed_digests
minimal_no_content minimal_one_version_one_file minimal_uppercase_digests ocfl_object_all_fixity_digests spec-ex-full
spec-ex-minimal updates_all_actions updates_three_versions_one_file""".split(),
}


@pytest.fixture(scope="session")
def fixtures(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the fixtures, and return their folder."""
    folder = tmp_path_factory.mktemp("ocfl")
    with tarfile.open(shared / "validators" / "data" / "ocfl-fixtures-1.1.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "ocfl-fixtures" / "1.1"


def test_all_fixtures_are_named_here(fixtures: Path):
    for kind, names in FIXTURES.items():
        assert sorted(path.name for path in (fixtures / f"{kind}-objects").iterdir()) == sorted(names)


@pytest.mark.parametrize("name", FIXTURES["bad"])
def test_a_bad_object_has_the_codes_that_it_is_for(fixtures: Path, name: str):
    found = {each.code for each in validate_folder(fixtures / "bad-objects" / name)}

    assert set(re.findall(r"E\d{3}", name)) <= found


@pytest.mark.parametrize("name", FIXTURES["warn"])
def test_a_doubtful_object_has_just_the_warnings_that_it_is_for(fixtures: Path, name: str):
    found = {each.code for each in validate_folder(fixtures / "warn-objects" / name)}

    assert found == set(re.findall(r"W\d{3}", name))


@pytest.mark.parametrize("name", FIXTURES["good"])
def test_a_good_object_has_nothing_wrong(fixtures: Path, name: str):
    assert validate_folder(fixtures / "good-objects" / name) == []


# ------------------------------------------------------------------------------------- the reference validator


def add(store: OcflStore, files: dict[str, bytes]) -> str | None:
    tree = {path: BytesContent(data) for path, data in files.items()}
    return store.add(WORK, tree, message="m", user=("N", "mailto:n@example.org"), created="2026-01-31T12:00:00Z")


@pytest.mark.validators
def test_three_versions_of_a_text_pass_the_reference_validator(
    repository: Path, tmp_path: Path, ocfl_py: Callable[[Path], None]
):
    text = (repository / "examples" / "tin-box.txt").read_bytes()
    store = OcflStore.create(tmp_path / "store")
    ocfl_py(store.root)
    for number, each in enumerate((text, text.replace(b"brass", b"steel"), text.replace(b"brass", b"iron")), 1):
        document = docpack.read(each)
        files = {"representations/source/data/tin-box.txt": each, "METS.xml": b"the same"}
        files |= {
            f"representations/{name}/data/tin-box.{name}": docpack.write(document, name) for name in ("epub", "tei")
        }

        assert add(store, files) == f"v{number}"
        ocfl_py(store.root)

    assert store.validate() == []


@pytest.mark.validators
def test_what_a_killed_writer_is_staging_does_not_make_a_store_invalid(tmp_path: Path, ocfl_py: Callable[[Path], None]):
    store = OcflStore.create(tmp_path / "store")
    add(store, {"a.txt": b"a"})
    staging = store.root / "extensions" / "docpack-staging" / "new" / "v2" / "content"
    staging.mkdir(parents=True)
    (staging / "half").write_bytes(b"half")

    assert not [each for each in store.validate() if each.is_error]
    ocfl_py(store.root)


@pytest.mark.validators
def test_writers_killed_at_two_hundred_random_moments_damage_nothing(tmp_path: Path, ocfl_py: Callable[[Path], None]):
    done = subprocess.run(
        [sys.executable, DYING_WRITERS, "random", tmp_path, "200", "7"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert len(results) == 200
    assert sum(each["ending"] == -9 for each in results) > 20  # else nothing was tried
    for each in results:
        assert not each["errors"], each
        assert each["head"] in {0, 1}, each
        assert each["whole"], each
        assert each["next"] == 1, each
        assert not each["left"], each
    stores = sorted(tmp_path.glob("store*"))
    assert len(stores) == 20
    for store in stores:
        ocfl_py(store)


@pytest.mark.validators
def test_every_state_that_recover_ends_in_passes_the_reference_validator(
    tmp_path: Path, ocfl_py: Callable[[Path], None]
):
    """The last of the stores in which a writer died at each step in turn, for a first and for a third version."""
    for versions in ("0", "2"):
        folder = tmp_path / versions
        folder.mkdir()
        subprocess.run([sys.executable, DYING_WRITERS, "die", folder, versions], capture_output=True, check=True)

        ocfl_py(folder / "store")
