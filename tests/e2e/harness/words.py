# SPDX-License-Identifier: Apache-2.0
"""The words of the pages, in the language a test reads them in."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "web/src/lib/i18n"
_messages = {language: json.loads((FOLDER / f"{language}.json").read_text()) for language in ("en", "ar")}


def words(language: str):
    """A function from a key to the message of this language; plural messages have no single text."""

    def word(key: str) -> str:
        message = _messages[language][key]
        assert isinstance(message, str), f"{key} has plural forms"
        return message

    return word
