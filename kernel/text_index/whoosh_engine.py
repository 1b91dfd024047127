"""The index in files, by Whoosh: for one machine.

Whoosh keeps the postings and the lexicons; ranking is ours (`scoring`), over arrays that a process
decodes once a generation. Whoosh's own scorers walk postings one by one, too slow at 10,000
products.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from whoosh.fields import ID, IDLIST, Schema
from whoosh.index import FileIndex, create_in, open_dir
from whoosh.writing import IndexWriter

from kernel.text_index.documents import Document, completion_key, indexed, last_word
from kernel.text_index.generations import Generations
from kernel.text_index.interface import Found
from kernel.text_index.planning import plan
from kernel.text_index.scoring import Search
from kernel.text_index.spelling import Spelling, corrected
from kernel.text_index.vocabulary import Synonyms, Vocabulary
from kernel.text_index.warm import LEVELS, Warm, WarmReaders

_WRITER_MEGABYTES = 64
_LINE = re.compile(r"[^\n]+")
_readers = WarmReaders()


class WhooshIndex:
    """A TextIndex in the folder `root`."""

    def __init__(self, root: Path, *, synonyms: Synonyms, vocabulary: Vocabulary) -> None:
        self._root = root
        self._generations = Generations(root)
        self._synonyms = synonyms
        self._vocabulary = vocabulary

    @property
    def generation(self) -> str:
        return _readers.reader(self._root).generation

    def search(self, text: str, *, limit: int) -> Found:
        warm = _readers.reader(self._root)
        search = self._search(text, warm)
        unknown = search.unknown()
        better = corrected(text, unknown, lambda word: self._like(word, warm)) if unknown else None
        if better is not None:
            search = self._search(better, warm)
        return Found(search.hits(limit=limit), corrected=better)

    def suggest(self, prefix: str, *, limit: int) -> list[str]:
        warm = _readers.reader(self._root)
        key = completion_key(prefix)
        found = warm.complete(key, limit=limit) if key else []
        if found:
            return found
        before, last = last_word(prefix)
        return [before + word for word in warm.complete(last, limit=limit)] if before else []

    def replace(self, documents: Iterable[Document]) -> None:
        unique = {document.key: document for document in documents}
        with self._changing(unique) as writer:
            for document in unique.values():
                writer.add_document(**_fields(document))

    def remove(self, keys: Iterable[str]) -> None:
        with self._changing(keys):
            pass

    def rebuild(self, documents: Iterable[Document]) -> None:
        unique = {document.key: document for document in documents}
        with self._generations.writing() as folder, _writing(_created(folder)) as writer:
            for document in unique.values():
                writer.add_document(**_fields(document))

    @contextmanager
    def _changing(self, keys: Iterable[str]) -> Iterator[IndexWriter]:
        """A writer of the next generation, which has the current one without these keys."""
        with self._generations.writing() as folder:
            self._generations.link(folder)
            index = open_dir(str(folder))
            with index.reader() as reader:
                known = [key for key in keys if ("key", key) in reader]
                numbers = [n for key in known for n in reader.postings("key", key).all_ids()]
            with _writing(index) as writer:
                for number in numbers:
                    writer.delete_document(number)
                yield writer

    def _search(self, text: str, warm: Warm) -> Search:
        return Search(plan(text, synonyms=self._synonyms, vocabulary=self._vocabulary), warm)

    def _like(self, word: str, warm: Warm) -> list[Spelling]:
        known = (warm, self._synonyms.spellings, self._vocabulary.spellings)
        return [spelling for spellings in known for spelling in spellings.like(word)]


@contextmanager
def _writing(index: FileIndex) -> Iterator[IndexWriter]:
    writer = index.writer(limitmb=_WRITER_MEGABYTES)
    try:
        yield writer
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def _created(folder: Path) -> FileIndex:
    lists = (*LEVELS, "identifier", "word", "completion")
    fields = {name: IDLIST(expression=_LINE) for name in lists}
    return create_in(str(folder), Schema(key=ID(stored=True, unique=True), **fields))


def _fields(document: Document) -> dict[str, str]:
    kept = indexed(document)
    fields = {name: "\n".join(terms) for name, terms in zip(LEVELS, kept.terms, strict=True)}
    fields["identifier"] = "\n".join(kept.identifiers)
    fields["word"] = "\n".join(kept.words)
    fields["completion"] = "\n".join(kept.completions)
    return {"key": document.key, **{name: text for name, text in fields.items() if text}}
