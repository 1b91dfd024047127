"""A schema.org description of public questions, for search engines. Pure.

Source: schema.org/FAQPage.
"""

from collections.abc import Iterable
from typing import Any


def faq_page(questions: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A FAQPage of questions with their answers, as plain text."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in questions
        ],
    }
