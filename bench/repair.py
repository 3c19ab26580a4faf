"""One copy damaged at random places: what an audit finds, mends and leaves alone; and what an audit costs.

    PYTHONPATH=src python bench/repair.py [--cases 100] [--damages 1000] [--seed 1] [--keep FOLDER]

A fresh instance is filled with a generated tree (see ``archive.py``) and copied into a second root. Bytes of the copy are
changed, cut, emptied, taken away or replaced by links at that many places. A routine audit is run and killed by SIGKILL
again and again until it ends; then every file of the copy is compared, bytes and time of change, with what it was before.
Exit code 1: something was not found, not mended, or touched without need. Needs the corpora (JINGUI_CORPORA).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.archive import environment_of, fill, make_tree
from bench.paired import ROOT, run_measured

WAYS = ("byte", "cut", "empty", "gone", "link")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--damages", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    return parser.parse_args()


def command(home: Path, *words: str) -> list[str]:
    """Return a command line of the product."""
    del home
    return [sys.executable, "-m", "jingui.interfaces.cli.main", *words]


def jingui(home: Path, *words: str) -> dict[str, object]:
    """Run a command of the product and return its JSON."""
    done = subprocess.run(
        command(home, *words, "--json"), env=environment_of(home), capture_output=True, text=True, check=False
    )
    if done.returncode not in {0, 1, 2}:
        raise SystemExit(f"{words}: {done.stderr}")
    found: dict[str, object] = json.loads(done.stdout or "{}")
    return found


def state_of(root: Path) -> dict[str, tuple[str, int]]:
    """Return digest and time of change of every file."""
    return {
        path.relative_to(root).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_ctime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def damage(root: Path, names: list[str], count: int, chance: random.Random) -> dict[str, str]:
    """Damage so many places; return what was done to which file. A file may be hit more than once."""
    done: dict[str, str] = {}
    for _ in range(count):
        name, way = chance.choice(names), chance.choice(WAYS)
        path = root / name
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        path.chmod(0o644)
        if way in {"gone", "link"} or not data:
            path.unlink()
            if way == "link":
                path.symlink_to("/etc/hostname")
        else:
            at = chance.randrange(len(data))
            path.write_bytes(
                {"byte": data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :], "cut": data[:at], "empty": b""}[way]
            )
        done[name] = way
    return done


def audit_killed(home: Path, kills: int, chance: random.Random) -> int:
    """Begin an audit and kill it so often; return how often it was killed."""
    killed = 0
    for _ in range(kills):
        running = subprocess.Popen(
            command(home, "storage", "audit", "second", "--kind", "routine"),
            env=environment_of(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(1.5, 3.5))
        if running.poll() is None:
            running.kill()
            killed += 1
        running.wait()
    return killed


def main() -> int:
    """Run and print."""
    chosen = arguments()
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="jingui-repair-") as temporary:
        work = chosen.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        home, second = work / "home", work / "second"
        tree, files = make_tree(work, chosen.cases)
        fill(home, tree)
        second.mkdir()
        keeping = ("--routine-days", "0", "--full-days", "0", "--sample-days", "0")
        jingui(home, "storage", "add", "second", "--kind", "folder", "--folder", str(second), *keeping)
        copied = run_measured(command(home, "storage", "copy"), environment_of(home))
        print(
            f"{chosen.cases} cases, {files} files; copying and verifying: {copied.cpu * 1000 / files:.2f} CPU ms per file"
        )
        clean = run_measured(command(home, "storage", "audit", "second", "--kind", "routine"), environment_of(home))
        print(f"routine audit of sound holdings: {clean.cpu * 1000 / files:.2f} CPU ms per file, start-up included")
        before = state_of(second / "store")
        hurt = damage(second / "store", sorted(before), chosen.damages, chance)
        print(f"damaged {len(hurt)} files at {chosen.damages} places: {dict(Counter(hurt.values()))}")
        killed = audit_killed(home, chosen.kills, chance)
        told = jingui(home, "storage", "audit", "second")
        after = state_of(second / "store")
        again = jingui(home, "storage", "audit", "second", "--kind", "full")
        changed = {name for name in before if before[name] != after.get(name)}
        rows = [
            ("killed", chosen.kills, killed),
            ("files not as before", [], sorted(n for n in before if before[n][0] != after.get(n, ("", 0))[0])[:5]),
            ("files too many", [], sorted(set(after) - set(before))[:5]),
            ("touched without need", [], sorted(changed - set(hurt))[:5]),
            ("open findings", 0, told.get("open_findings")),
            ("a full audit afterwards finds", 0, again.get("findings")),
        ]
    wrong = 0
    for name, wanted, found in rows:
        is_right = wanted == found or name == "killed"
        wrong += not is_right
        print(f"{'ok   ' if is_right else 'WRONG'} {name:32} expected {wanted!s:6} found {found}")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(ROOT / "src"))
    sys.exit(main())
