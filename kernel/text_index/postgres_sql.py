"""The statements of the PostgreSQL index, and our terms written as its types.

Only the name of the index is put into a statement, checked by the engine; all else is a parameter.
"""

from collections.abc import Iterable, Sequence

from kernel.text_index.documents import Level
from kernel.text_index.planning import LEVEL_WORTH, Alternative, Concept, Plan

_CREATE = """
DROP TABLE IF EXISTS {index}_new;
CREATE TABLE {index}_new (
    key text COLLATE "C" PRIMARY KEY,
    terms tsvector NOT NULL,
    identifiers text[] NOT NULL,
    words text[] NOT NULL,
    completions text[] NOT NULL
) WITH (toast_tuple_target = 8160);
CREATE TABLE IF NOT EXISTS {index}_state (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    documents integer NOT NULL,
    generation text NOT NULL,
    has_trigrams boolean NOT NULL
);
"""

# A word is counted as written; `key` is what it is compared by.
_SWITCH = """
DROP TABLE IF EXISTS {index}, {index}_lexicon;
ALTER TABLE {index}_new RENAME TO {index};
ALTER INDEX {index}_new_pkey RENAME TO {index}_pkey;
CREATE INDEX ON {index} USING gin (terms);
CREATE INDEX ON {index} USING gin (identifiers);
CREATE TABLE {index}_lexicon (
    kind "char" NOT NULL,
    key text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL,
    documents integer NOT NULL,
    PRIMARY KEY (kind, text)
);
INSERT INTO {index}_lexicon (kind, key, text, documents)
SELECT kind, split_part(entry, E'\t', 1), split_part(entry, E'\t', 2), count(*)
FROM (
    SELECT 'w'::"char" AS kind, unnest(words) AS entry FROM {index}
    UNION ALL SELECT 'c'::"char", unnest(completions) FROM {index}
) AS entries
GROUP BY kind, entry;
CREATE INDEX ON {index}_lexicon (kind, key);
ANALYZE {index};
ANALYZE {index}_lexicon;
"""

_INDEX_TRIGRAMS = "CREATE INDEX ON {index}_lexicon USING gin (key gin_trgm_ops) WHERE kind = 'w'"

_MARK_BUILT = """
INSERT INTO {index}_state (documents, generation, has_trigrams)
SELECT count(*), gen_random_uuid()::text, %(has_trigrams)s FROM {index}
ON CONFLICT (is_only) DO UPDATE SET documents = excluded.documents,
    generation = excluded.generation, has_trigrams = excluded.has_trigrams
"""

_MARK_CHANGED = """
UPDATE {index}_state SET generation = gen_random_uuid()::text,
    documents = (SELECT count(*) FROM {index})
"""

_INSERT = """
INSERT INTO {index} (key, terms, identifiers, words, completions) VALUES
    (%(key)s, %(terms)s::tsvector, %(identifiers)s, %(words)s, %(completions)s)
"""

_FORGET = """
DELETE FROM {index} WHERE key = ANY(%(keys)s);
"""

_COUNT_WORDS = """
WITH counted AS (
    INSERT INTO {index}_lexicon AS lexicon (kind, key, text, documents)
    SELECT kind, split_part(entry, E'\t', 1), split_part(entry, E'\t', 2), count(*) * %(sign)s
    FROM (
        SELECT 'w'::"char" AS kind, unnest(words) AS entry FROM {index}
        WHERE key = ANY(%(keys)s)
        UNION ALL SELECT 'c'::"char", unnest(completions) FROM {index} WHERE key = ANY(%(keys)s)
    ) AS entries
    GROUP BY kind, entry
    ON CONFLICT (kind, text) DO UPDATE SET documents = lexicon.documents + excluded.documents
    RETURNING 1
)
SELECT count(*) FROM counted
"""

_COMPLETE = """
SELECT text FROM (
    SELECT DISTINCT ON (key) key, text, documents FROM {index}_lexicon
    WHERE kind = 'c' AND key LIKE %(pattern)s AND documents > 0
    ORDER BY key, documents DESC, text
) AS completions
ORDER BY documents DESC, length(key), key
LIMIT %(limit)s
"""

# Alike by their trigrams, longer by their end, or short: one typo leaves a short word few trigrams.
_SIMILAR = """
SELECT typo.word, near.text, near.documents FROM unnest(%(words)s::text[]) AS typo(word)
CROSS JOIN LATERAL (
    SELECT text, documents FROM {index}_lexicon
    WHERE kind = 'w' AND key %% typo.word AND documents > 0
    ORDER BY similarity(key, typo.word) DESC, text
    LIMIT %(most)s
) AS near
UNION
SELECT typo.word, near.text, near.documents FROM unnest(%(words)s::text[]) AS typo(word)
CROSS JOIN LATERAL (
    SELECT text, documents FROM {index}_lexicon
    WHERE kind = 'w' AND starts_with(key, typo.word) AND documents > 0
    ORDER BY documents DESC, text
    LIMIT %(most)s
) AS near
UNION
SELECT typo.word, near.text, near.documents FROM unnest(%(words)s::text[]) AS typo(word)
CROSS JOIN LATERAL (
    SELECT text, documents FROM {index}_lexicon
    WHERE kind = 'w' AND length(typo.word) <= %(short)s
        AND abs(length(key) - length(typo.word)) <= 1
        AND (left(key, 1) = left(typo.word, 1) OR right(key, 2) = right(typo.word, 2))
        AND documents > 0
    ORDER BY similarity(key, typo.word) DESC, text
    LIMIT %(most)s
) AS near
"""

_SAME_LETTER = """
SELECT typo.word, lexicon.text, lexicon.documents FROM unnest(%(words)s::text[]) AS typo(word)
JOIN {index}_lexicon AS lexicon ON kind = 'w' AND left(key, 1) = left(typo.word, 1)
WHERE documents > 0 AND (
    starts_with(key, typo.word) OR abs(length(key) - length(typo.word)) <= 3
) AND %(most)s > 0
"""

# The same figures as `scoring`, whose docstring says what they are. Documents are joined with
# nothing but the few concepts: the planner cannot know how many documents a term has.
_SEARCH = """
WITH concept AS (
    SELECT * FROM unnest(%(numbers)s::integer[], %(required)s::boolean[], %(weights)s::float8[])
        AS named(number, required, weight)
), way AS (
    SELECT * FROM unnest(%(way_of)s::integer[], %(worth)s::float8[], %(way)s::text[]::tsquery[])
        AS named(number, worth, query)
), matched AS MATERIALIZED (
    SELECT way.number, thing.key, max(way.worth) AS worth,
        bool_and(coalesce(thing.terms @@ %(passes)s::tsquery, true)) AS passes
    FROM way JOIN {index} AS thing ON thing.terms @@ way.query
    GROUP BY way.number, thing.key
), known AS MATERIALIZED (
    SELECT number, required, bool_or(passes) AS is_there,
        weight * ln(1 + max(state.documents) / count(*)::float8) AS rarity
    FROM matched JOIN concept USING (number) CROSS JOIN {index}_state AS state
    GROUP BY number, required, weight
), needed AS MATERIALIZED (
    SELECT sum(rarity) AS rarity,
        %(is_open)s AND NOT coalesce(bool_or(is_there), false) AS is_nothing
    FROM known WHERE required
), earned AS MATERIALIZED (
    SELECT key, sum(matched.worth * known.rarity) AS worth,
        sum(CASE WHEN known.required THEN known.rarity ELSE 0 END) / max(needed.rarity) AS share
    FROM matched JOIN known USING (number) CROSS JOIN needed
    WHERE passes
    GROUP BY key
), identified AS MATERIALIZED (
    SELECT key FROM {index} WHERE identifiers && %(identifiers)s::text[]
), scored AS (
    SELECT key, worth * share AS score FROM earned
    WHERE share > 0 AND share >= %(least)s * (SELECT max(share) FROM earned) - 1e-12
    UNION ALL
    SELECT key, worth FROM earned WHERE (SELECT is_nothing FROM needed)
    UNION ALL
    SELECT key, 1 FROM {index}
    WHERE (SELECT is_nothing FROM needed) AND coalesce(terms @@ %(passes)s::tsquery, true)
    UNION ALL
    SELECT key, %(identified)s::float8 FROM identified
), best AS (
    SELECT key, round(sum(score)::numeric, %(decimals)s)::float8 AS score FROM scored
    GROUP BY key ORDER BY score DESC, key LIMIT %(limit)s
)
SELECT state.has_trigrams,
    ARRAY(SELECT number FROM known),
    EXISTS (SELECT 1 FROM identified),
    ARRAY(SELECT key FROM best ORDER BY score DESC, key),
    ARRAY(SELECT score FROM best ORDER BY score DESC, key)
FROM {index}_state AS state
"""


class Statements:
    """Every statement for the index of one name."""

    def __init__(self, name: str) -> None:
        index = f"text_index_{name}"
        self.create = _CREATE.format(index=index)
        self.switch = _SWITCH.format(index=index)
        self.index_trigrams = _INDEX_TRIGRAMS.format(index=index)
        self.mark_built = _MARK_BUILT.format(index=index)
        self.mark_changed = _MARK_CHANGED.format(index=index)
        self.documents = _INSERT.format(index=index)
        self.new_documents = _INSERT.format(index=f"{index}_new")
        self.forget = _FORGET.format(index=index)
        self.count_words = _COUNT_WORDS.format(index=index)
        self.complete = _COMPLETE.format(index=index)
        self.similar = _SIMILAR.format(index=index)
        self.same_letter = _SAME_LETTER.format(index=index)
        self.search = _SEARCH.format(index=index)
        self.generation = f"SELECT generation FROM {index}_state"  # noqa: S608 - checked name
        self.lock = "SELECT pg_advisory_xact_lock(hashtext('text_index'), hashtext(%(name)s))"


def lexemes(levels: Sequence[Iterable[str]]) -> str:
    """Terms as a tsvector, each with its level before it.

    PostgreSQL's own weights are not in its GIN index, so it would read every document again.
    """
    return " ".join(
        _lexeme(level, term) for level, terms in enumerate(levels) for term in sorted(terms)
    )


def concept_rows(concepts: Sequence[Concept]) -> dict[str, list[object]]:
    """The concepts as columns, and the ways to earn something for each, one tsquery a worth."""
    rows: dict[str, list[object]] = {
        name: [] for name in ("numbers", "required", "weights", "way_of", "worth", "way")
    }
    for number, concept in enumerate(concepts):
        ways: dict[float, list[str]] = {}
        for alternative in concept.alternatives:
            for level, worth in enumerate(LEVEL_WORTH):
                ways.setdefault(alternative.worth * worth, []).append(_at(alternative, level))
        rows["numbers"].append(number)
        rows["required"].append(concept.required)
        rows["weights"].append(concept.weight)
        for worth, queries in ways.items():
            rows["way_of"].append(number)
            rows["worth"].append(worth)
            rows["way"].append(" | ".join(queries))
    return rows


def passing(plan: Plan) -> str | None:
    """What a document must and may not have above its body, as a tsquery; None if nothing."""
    named = range(Level.BODY)
    parts = [_any(named, sorted(terms)) for terms in plan.filters]
    if plan.excluded:
        parts.append("!" + _any(named, sorted(plan.excluded)))
    return " & ".join(parts) or None


def _at(alternative: Alternative, level: int) -> str:
    """A lone term at this level; of several, each at this level or above."""
    if len(alternative.terms) == 1:
        return _lexeme(level, alternative.terms[0])
    each = (_any(range(level + 1), [term]) for term in alternative.terms)
    return "(" + " & ".join(each) + ")"


def _any(levels: range, terms: Sequence[str]) -> str:
    return "(" + " | ".join(_lexeme(level, term) for level in levels for term in terms) + ")"


def _lexeme(level: int, term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{level}{escaped}'"
