"""A page about the printed tables of one publication: what was checked, what stands, what does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..pen import Pen
from ..verbs import narrate, table
from .model import Document, Numbered, Part

if TYPE_CHECKING:
    from ...published.certificate import Certificate


def certificate_document(found: Certificate, lang: str) -> Document:
    """The certificate of a publication in one language.

    Parameters
    ----------
    found : Certificate
        From `analysis.published.certificate.certificates`.
    lang : str
        Language of the document.
    """
    pen = Pen(lang)
    blocks = (narrate(found, lang).block, table(found, lang).block)
    names = found.names
    return Document(
        name=f"certificate_{re.sub(r'[^A-Za-z0-9]+', '_', names[0]).strip('_') or 'table'}",
        lang=lang,
        house="office",
        title=pen.word("document.certificate"),
        subtitle="".join(str(part) for part in pen.say("document.certificate_of", tables=", ".join(names))),
        parts=(Part("certificate", tuple(Numbered(each) for each in blocks)),),
    )
