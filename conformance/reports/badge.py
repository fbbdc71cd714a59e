"""A badge: one SVG of 20 pixels' height that needs nothing from outside, with a title for those who do not see it."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from conformance.model import Report
from conformance.reports import wording
from conformance.reports.plain import plain

LABEL = "signkit"
_LONGEST = 40  # characters of a foreign name in the title
_NARROW, _WIDE = frozenset("fijlrt1 .,:;'!|()[]"), frozenset("mwMW%@")
# White text has a contrast of more than 4.5 on each (WCAG 2.2, 1.4.3).
_COLOURS = {"conformant": "#1b7f3b", "partial": "#8a5a00", "not conformant": "#b3261e"}
_GREY = "#444444"


def render(report: Report) -> bytes:
    """The badge as SVG in UTF-8."""
    message = _message(report)
    left, right = _width(LABEL) + 12, _width(message) + 12
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(left + right),
            "height": "20",
            "viewBox": f"0 0 {left + right} 20",
            "role": "img",
            "aria-label": f"{LABEL}: {message}",
        },
    )
    ET.SubElement(svg, "title").text = plain(_title(report, message))
    clip = ET.SubElement(svg, "clipPath", id="r")
    ET.SubElement(clip, "rect", width=str(left + right), height="20", rx="3")
    boxes = ET.SubElement(svg, "g", {"clip-path": "url(#r)"})
    ET.SubElement(boxes, "rect", width=str(left), height="20", fill=_GREY)
    colour = _COLOURS[report.result] if report.end != "interrupted" else _COLOURS["partial"]
    ET.SubElement(boxes, "rect", x=str(left), width=str(right), height="20", fill=colour)
    style = {"fill": "#fff", "font-family": "Verdana,DejaVu Sans,Geneva,sans-serif", "font-size": "11"}
    texts = ET.SubElement(svg, "g", {**style, "text-anchor": "middle", "aria-hidden": "true"})
    for told, x, width in ((LABEL, left / 2, left - 12), (message, left + right / 2, right - 12)):
        place = {"x": f"{x:g}", "y": "14", "textLength": str(width)}
        ET.SubElement(texts, "text", place).text = told
    text: str = ET.tostring(svg, encoding="unicode")
    return f"{text}\n".encode()


def _message(report: Report) -> str:
    if report.end == "interrupted":
        return "interrupted"
    if report.end == "handshake-failed":
        return "no handshake"
    if report.counted:
        return f"{len(report.counted)} of {report.ran} failed"
    return report.result if report.ran else "nothing ran"


def _title(report: Report, message: str) -> str:
    name = wording.implementation(report)[0]
    who = f"{name[:_LONGEST]}: " if name else ""
    return f"{LABEL}: {who}{message} ({', '.join(wording.facts(report))})"


def _width(text: str) -> int:
    """About its width in pixels, at 11 pixels of Verdana; ``textLength`` makes it exact."""
    return round(sum(4.2 if char in _NARROW else 10.2 if char in _WIDE else 6.9 for char in text))
