"""Documents of several pages: PDFs, from the language of their pages, and TIFFs."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from tests.ink.pictures import HEIGHT, INK, PAPER, WIDTH, encoded

# The page of `pictures.page`, in points from the lower left.
PAGE = (
    f"{PAPER / 255:.3f} g 0 0 {WIDTH} {HEIGHT} re f "
    f"{INK / 255:.3f} g 0 {HEIGHT // 2} {WIDTH // 2} {HEIGHT // 2} re f"
)
# RC4 of 40 bits, by a password that nobody knows.
ENCRYPTED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >>"


def pdf_of(
    pages: Sequence[str],
    box: tuple[float, float] = (WIDTH, HEIGHT),
    entries: str = "",
    trailer: str = "",
    objects: Sequence[bytes] = (),
) -> bytes:
    """A PDF of these pages, `box` points wide and high. `entries` are added to each page's dictionary.

    `objects` are numbered from 3 on, before the pages.
    """
    first = 3 + len(objects)
    kids = " ".join(f"{first + 2 * k} 0 R" for k in range(len(pages)))
    size = f"/MediaBox [0 0 {box[0]} {box[1]}]"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        *objects,
    ]
    for k, page in enumerate(pages):
        contents = f"/Contents {first + 2 * k + 1} 0 R"
        bodies.append(f"<< /Type /Page /Parent 2 0 R {size} {contents} {entries} >>".encode())
        bodies.append(stream_of(page.encode()))
    content, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    identity = f"/ID [<{'33' * 16}> <{'33' * 16}>]"
    return (
        content
        + (
            f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R {identity} {trailer} >>\n"
            f"startxref\n{len(content)}\n%%EOF\n"
        ).encode()
    )


def stream_of(data: bytes, entries: str = "") -> bytes:
    """A stream object of a PDF."""
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def tiff_of_pages(*pages: Image.Image, **options: object) -> bytes:
    """A TIFF of these pages."""
    return encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], **options)
