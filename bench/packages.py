"""What checking a package costs, beside the validators of others: E-ARK (eark-validator) and BagIt (bagit-python).

``python bench/packages.py [--packages N] [--files N] [--bytes N] [--peer PYTHON]`` writes packages of one record each with the
product's own export, then lets each validator check all of them in one process of its own; the processor time of the checks
alone is compared. ``--peer``: an interpreter that has eark-validator 1.1.3, whose rules the wheel of 1.1.1 lacks. That one
opens no content file; ours reads every byte and computes SHA-512.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve()


def write_packages(folder: Path, *, count: int, files: int, size: int) -> None:
    """Write packages in both forms."""
    from jingui.domain.packaging.transfer import TransferFile, TransferRecord  # noqa: PLC0415 - not in the peers' processes
    from jingui.formats.exchange.forms import Outgoing  # noqa: PLC0415
    from jingui.formats.exchange.profiles import FORMS  # noqa: PLC0415
    from jingui.formats.exchange.sinks import folder_or_zip  # noqa: PLC0415

    contents = {
        f"03申请材料/{number:04}-M{number:02}-材料.pdf": bytes([number]) * size for number in range(1, files + 1)
    }
    listed = tuple(
        TransferFile(
            path, len(data), {"sha256": hashlib.sha256(data).hexdigest(), "sha512": hashlib.sha512(data).hexdigest()}
        )
        for path, data in contents.items()
    )
    for number in range(count):
        code = f"440100-0123-131002-2026-D30-{number:06}"
        values = {
            "electronic_record_code": code,
            "project_name": "食品经营许可",
            "archive_time": "2026-03-04T01:00:00+00:00",
        }
        one = Outgoing(TransferRecord(values, listed), lambda file: io.BytesIO(contents[file.path]))
        for form in ("eark-aip", "bagit"):
            with folder_or_zip(folder / form / code) as sink:
                FORMS[form].write([one], sink)


def check_ours(paths: list[Path]) -> None:
    """Check with the product."""
    from jingui.adapters.signing.verification import verify_signature  # noqa: PLC0415
    from jingui.formats.exchange.forms import Trust  # noqa: PLC0415
    from jingui.formats.exchange.profiles import check_any  # noqa: PLC0415

    for path in paths:
        checked = check_any(path, trust=Trust(verify_signature))
        assert checked.is_sound, checked


def check_eark(paths: list[Path]) -> None:
    """Check with eark-validator, whose vocabularies are taken from its own package instead of the network."""
    import urllib.request  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    found = find_spec("eark_validator")
    assert found is not None
    assert found.origin is not None
    vocabularies = Path(found.origin).parent / "ipxml" / "resources" / "vocabs"

    def own(address: str, *_: object) -> io.BytesIO:
        return io.BytesIO((vocabularies / address.rpartition("/")[2]).read_bytes())

    urllib.request.urlopen = own  # type: ignore[assignment] # takes only what the validator passes
    from eark_validator.packages import PackageValidator  # noqa: PLC0415

    check = PackageValidator
    for path in paths:
        report = check(path).validation_report
        assert report.is_valid, report


def check_bagit(paths: list[Path]) -> None:
    """Check with bagit-python."""
    import bagit  # noqa: PLC0415

    for path in paths:
        bagit.Bag(str(path)).validate(processes=1)


CHECKERS: dict[str, Callable[[list[Path]], None]] = {"ours": check_ours, "eark": check_eark, "bagit": check_bagit}


def run_checker(name: str, folder: Path, interpreter: str) -> float:
    """Run a checker in a process of its own; return milliseconds of processor time per package, the first one left out."""
    command = [interpreter, str(HERE), "--run", name, str(folder)]
    done = subprocess.run(
        command, check=True, capture_output=True, env={"PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8"}
    )
    return float(json.loads(done.stdout)["ms"])


def _run(name: str, folder: Path) -> None:
    paths = sorted(folder.iterdir())
    CHECKERS[name](paths[:1])  # imports and whatever is made once
    began = time.process_time()
    CHECKERS[name](paths[1:])
    print(json.dumps({"ms": (time.process_time() - began) * 1000 / (len(paths) - 1)}))


def main() -> int:
    """Write, check, compare."""
    if sys.argv[1:2] == ["--run"]:
        _run(sys.argv[2], Path(sys.argv[3]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=50)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--bytes", type=int, default=100_000)
    parser.add_argument("--peer", default="", help="interpreter with eark-validator 1.1.3")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_packages(folder, count=arguments.packages, files=arguments.files, size=arguments.bytes)
        pairs = [("eark-aip", "eark", arguments.peer)] if arguments.peer else []
        for form, peer, interpreter in (*pairs, ("bagit", "bagit", sys.executable)):
            rounds = [
                (run_checker("ours", folder / form, sys.executable), run_checker(peer, folder / form, interpreter))
                for _ in range(arguments.rounds)
            ]
            ours, theirs = (sorted(values)[len(rounds) // 2] for values in zip(*rounds, strict=True))
            print(f"{form}: ours {ours:.1f} ms CPU, {peer} {theirs:.1f} ms CPU per package; A/B {ours / theirs:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
