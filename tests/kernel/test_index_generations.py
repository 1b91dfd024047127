import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from kernel.text_index import IndexUnavailable
from tests.kernel.test_text_index import SHELF, engine, keys, thing


def generations(root):
    return sorted(path.name for path in (root / "things").iterdir() if path.is_dir())


def test_the_current_and_the_previous_generation_are_kept(tmp_path):
    index = engine("whoosh", tmp_path)
    for count in range(1, 5):
        index.rebuild(SHELF[:count])
    assert generations(tmp_path) == ["0000000003", "0000000004"]


@pytest.mark.parametrize("harm", ["truncate", "flip", "delete", "pointer", "manifest"])
def test_a_damaged_index_is_unavailable_until_it_is_rebuilt(tmp_path, harm):
    index = engine("whoosh", tmp_path)
    index.rebuild(SHELF)
    folder = tmp_path / "things" / generations(tmp_path)[-1]
    segment = next(path for path in sorted(folder.iterdir()) if path.suffix == ".seg")
    content = segment.read_bytes()
    match harm:
        case "truncate":
            segment.write_bytes(content[: len(content) // 2])
        case "flip":
            segment.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        case "delete":
            segment.unlink()
        case "pointer":
            (tmp_path / "things" / "current").write_text("../../etc")
        case "manifest":
            (folder / "manifest.json").write_text("[1, ")
    with pytest.raises(IndexUnavailable):
        engine("whoosh", tmp_path).replace(SHELF)
    os.utime(tmp_path / "things" / "current", ns=(1, 1))
    with pytest.raises(IndexUnavailable):
        index.search("gamelle", limit=1)
    index.rebuild(SHELF)
    assert keys(index, "gamelle") == ["7"]


def test_a_failed_change_leaves_the_index_as_it_was(tmp_path):
    index = engine("whoosh", tmp_path)
    index.rebuild(SHELF)
    before = index.generation

    def broken():
        yield thing("99", "Brosse")
        raise OSError("The catalogue cannot be read.")

    with pytest.raises(OSError, match="catalogue"):
        index.replace(broken())
    with pytest.raises(OSError, match="catalogue"):
        index.rebuild(broken())
    assert index.generation == before
    assert keys(index, "brosse") == []


def test_writers_take_turns_and_nothing_is_lost(tmp_path):
    index = engine("whoosh", tmp_path)
    index.rebuild(SHELF)
    with ThreadPoolExecutor(4) as threads:
        batches = [[thing(f"w{n}", f"Jouet {n}")] for n in range(8)]
        list(threads.map(engine("whoosh", tmp_path).replace, batches))
    assert sorted(keys(index, "jouet")) == [f"w{n}" for n in range(8)]


REBUILDING = """
import sys
from pathlib import Path
from kernel.text_index import Document, Synonyms, Vocabulary
from kernel.text_index.whoosh_engine import WhooshIndex

index = WhooshIndex(Path(sys.argv[1]), synonyms=Synonyms(), vocabulary=Vocabulary())
round = int(sys.argv[2])
while True:
    round += 1
    whole = [Document(f"{n}", f"Brosse tour{round}") for n in range(25)]
    index.rebuild(whole[:20])
    index.replace(whole[20:])
    print(round, flush=True)
"""


@pytest.mark.slow
def test_killed_writers_leave_a_whole_generation(tmp_path):
    root = Path(__file__).resolve().parents[2]
    random = Random(9)
    index = engine("whoosh", tmp_path)
    seen = set()
    for attempt in range(15):
        with subprocess.Popen(
            [sys.executable, "-c", REBUILDING, str(tmp_path / "things"), str(attempt * 1000)],
            cwd=root,
            stdout=subprocess.PIPE,
        ) as child:
            if attempt:
                child.stdout.readline()
            time.sleep(random.random() * 0.2)
            child.send_signal(signal.SIGKILL)
        try:
            hits = index.search("brosse", limit=100).hits
        except IndexUnavailable:
            assert not seen
            continue
        seen.add(len(hits))
    assert seen <= {20, 25}
    assert seen
    index.rebuild(SHELF)
    assert keys(index, "gamelle") == ["7"]
    assert len(generations(tmp_path)) <= 2
