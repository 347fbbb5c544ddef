from __future__ import annotations

import io
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mnist_app.errors import ImageError
from mnist_app.ink import decoder_process, sandbox
from mnist_app.ink.decode import load_photo
from mnist_app.ink.limits import WORKING_SIDE
from tests.ink.documents import PAGE, pdf_of, stream_of
from tests.ink.pictures import (
    HEIGHT,
    WIDTH,
    assert_is_page,
    assert_is_sentence,
    assert_refused,
    black_on_clear,
    decoded,
    encoded,
    exif_of,
    page,
    stored,
)

HEADER = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
WITHOUT = """
import sys
sys.modules["pillow_heif"] = None
from mnist_app.ink.decode import FORMATS, SUFFIXES, load_photo
assert "HEIC" not in FORMATS and ".heic" in SUFFIXES
for content in (b"hello", b"0000ftypheic"):
    try:
        load_photo(content)
    except Exception as error:
        print(error)
"""
WITH = f"""
import sys
from mnist_app.errors import ImageError
from mnist_app.ink.decode import load_photo
try:
    load_photo({HEADER!r})
except ImageError:
    print("pillow_heif" in sys.modules)
"""


def printed(code: str) -> str:
    """What a new process prints."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def plugin() -> Any:
    """pillow-heif, which the app can do without."""
    plugin = pytest.importorskip("pillow_heif")
    plugin.register_heif_opener()
    return plugin


def heic_of(image: Image.Image, **options: Any) -> bytes:
    return encoded(image, "HEIF", enc_params={"preset": "ultrafast"}, **options)


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA"])
def test_every_mode_gives_the_same_page(mode: str) -> None:
    assert_is_page(decoded(heic_of(page(mode))))


@pytest.mark.parametrize("mode", ["RGBA", "RGBa"])
def test_black_ink_on_transparency_is_laid_on_white(plugin: Any, mode: str) -> None:
    file = io.BytesIO()
    plugin.from_bytes(mode, (WIDTH, HEIGHT), black_on_clear().tobytes()).save(file)
    assert plugin.open_heif(file).mode == mode
    assert_is_page(decoded(file.getvalue()))


@pytest.mark.parametrize("mode", ["I;16", "RGB;16"])
def test_ten_bits_give_the_same_page(plugin: Any, mode: str) -> None:
    large = np.asarray(page(size=(4200, 200))).astype(np.uint16) * 257
    deep = np.dstack([large] * (3 if mode == "RGB;16" else 1))
    file = io.BytesIO()
    plugin.from_bytes(mode, (4200, 200), deep.tobytes()).save(file)
    assert plugin.open_heif(file).info["bit_depth"] == 10
    assert_is_page(decoded(file.getvalue()), (2100, 100))


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_once(orientation: int) -> None:
    content = heic_of(stored(orientation, "RGB"), exif=exif_of(orientation).tobytes())
    assert (b"irot" in content or b"imir" in content) == (orientation != 1)
    assert_is_page(decoded(content))


@pytest.mark.usefixtures("plugin")
def test_a_large_photo_is_reduced_and_its_scale_leads_back() -> None:
    photo = load_photo(heic_of(page("RGB", (4200, 800)), tile_size=512))
    assert_is_page(photo.pixels, (WORKING_SIDE + 100, 400))
    assert photo.pixels.shape[1] / photo.scale == 4200


@pytest.mark.usefixtures("plugin")
def test_a_photo_too_large_is_refused_before_it_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    content = heic_of(page("RGB", (64, 64)))
    size = b"ispe" + bytes(4) + struct.pack(">LL", 64, 64)
    assert content.count(size) == 1
    bomb = content.replace(size, b"ispe" + bytes(4) + struct.pack(">LL", 13_300, 13_300))
    ran, results = sandbox._run, []

    def run(kind: str, content: bytes, page: int) -> Any:
        results.append(ran(kind, content, page))
        return results[-1]

    monkeypatch.setattr(sandbox, "_run", run)
    assert_refused(bomb, "too large .177 megapixels")
    assert (len(results[0].output), results[0].messages) == (12, b"")  # the pages and the size alone


@pytest.mark.usefixtures("plugin")
@pytest.mark.parametrize("share", [0.1, 0.3, 0.7, 0.99])
def test_a_truncated_photo_is_refused(share: float) -> None:
    content = heic_of(page("RGB"))
    assert_refused(content[: int(len(content) * share)], "damaged .*[a-z]{3}.*Send it again")


@pytest.mark.usefixtures("plugin")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=4))
def test_a_corrupted_photo_is_read_or_refused(edits: list[tuple[float, int, bytes]]) -> None:
    content = heic_of(page("RGB"))
    for share, gone, new in edits:
        at = max(12, int(share * len(content)))
        content = content[:at] + new + content[at + gone :]
    try:
        assert load_photo(content).pixels.size
    except ImageError as error:
        assert_is_sentence(error)


Decoding = Callable[[str], None]


@pytest.fixture
def decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Decoding]:
    """Have each file decoded by a line of Python instead."""
    server = sandbox._Server()
    monkeypatch.setattr(sandbox, "_server", server)
    monkeypatch.setattr(sandbox, "has_heic_decoder", lambda: True)
    monkeypatch.setattr(sandbox, "PROGRAM", str(tmp_path / "program.py"))
    original = Path(decoder_process.__file__).read_text().partition("if __name__ ==")[0]

    def replace(script: str) -> None:
        (tmp_path / "program.py").write_text(
            f"{original}\nlimited = main\ndef main(*arguments):\n    {script}\nserve(sys.argv[1])\n"
        )

    yield replace
    server.close()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("os.abort()", "damaged .* .its decoder gave up"),
        ("raise ValueError('no such box')", "damaged .* .no such box"),
        ("raise MemoryError", "too much memory"),
        ("print('II*')", "damaged"),
        ("print('nonsense of some length, but no pixels')", "damaged|too large"),
        ("os.kill(os.getppid(), signal.SIGKILL); os.abort()", "damaged"),
    ],
    ids=["crashes", "fails", "memory", "writes nonsense", "writes much nonsense", "kills its server"],
)
def test_whatever_the_decoder_does_is_an_error(decoding: Decoding, script: str, message: str) -> None:
    decoding(script)
    for content in (HEADER + bytes(100), encoded(page(), "PNG")):
        assert_refused(content, message)


def test_a_decoder_that_never_ends_is_ended(decoding: Decoding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.4)
    decoding("signal.setitimer(signal.ITIMER_PROF, float(arguments[2]))\n    while True: pass")
    assert_refused(encoded(page(), "PNG"), "takes over 0 seconds .*JPEG")


def test_a_decoder_that_never_begins_is_ended(decoding: Decoding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.2)
    monkeypatch.setattr(sandbox, "PATIENCE", 0.2)
    decoding("pass\nimport time; time.sleep(60)")
    assert_refused(encoded(page(), "PNG"), "takes over 0 seconds .*JPEG")


def test_a_decoder_can_write_no_large_file(decoding: Decoding, tmp_path: Path) -> None:
    decoding(f"limited(*arguments); open({str(tmp_path / 'file')!r}, 'wb').write(bytes(MAX_OUTPUT + 1))")
    assert decoded(encoded(page(), "PNG")).size
    assert (tmp_path / "file").stat().st_size <= decoder_process.MAX_OUTPUT


def test_a_pdf_whose_decoder_crashes_is_refused(decoding: Decoding) -> None:
    decoding("os.abort()")
    assert_refused(pdf_of([PAGE]), "This PDF cannot be read or is damaged .PDFium gave up")


def many_segments() -> bytes:
    content = encoded(page(), "JPEG")
    return content[:2] + b"\xff\xe1\0\x0aExif\0\0ab" * 600_000 + content[2:]


def many_scans() -> bytes:
    content = encoded(page(size=(3_000, 3_000)), "JPEG", progressive=True)
    start = content.rindex(b"\xff\xda")
    return content[:start] + content[start:-2] * 480 + content[-2:]


def many_comments() -> bytes:
    content = encoded(page(), "GIF")
    return content[:-1].replace(b",", b"!\xfe" + (b"\xff" + b"x" * 255) * 60_000 + b"\0,", 1) + content[-1:]


@pytest.mark.parametrize("make", [many_segments, many_scans, many_comments])
def test_a_bomb_takes_no_longer_than_it_may_and_the_others_do_not_wait(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], bytes]
) -> None:
    monkeypatch.setattr(sandbox, "MAX_SECONDS", 0.5)
    content = make()
    errors: list[ImageError] = []

    def decode() -> None:
        try:
            load_photo(content)
        except ImageError as error:
            errors.append(error)

    thread = threading.Thread(target=decode)
    thread.start()
    for _ in range(3):
        assert_is_page(decoded(encoded(page(), "PNG")))
    is_first = thread.is_alive()
    thread.join()
    assert [str(error)[:13] for error in errors] in ([], ["It takes over"])
    assert is_first or not errors


def test_a_few_bytes_that_unfold_to_gigabytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(Image.new("RGB", (7_000, 7_000)), "WEBP", lossless=True)
    assert len(content) < 3_000
    monkeypatch.setattr(sandbox, "MAX_MEMORY", 400 * 2**20)
    assert_refused(content, "damaged|too much memory")


def test_after_its_server_was_killed_another_is_started() -> None:
    assert_is_page(decoded(encoded(page(), "PNG")))
    process = sandbox._server._process
    assert process
    process.kill()
    process.wait()
    assert_is_page(decoded(encoded(page(), "PNG")))


def test_pdfium_is_never_loaded_into_the_app() -> None:
    code = "from tests.ink.documents import *; from mnist_app.ink.decode import load_photo; import sys; "
    assert printed(f"{code}load_photo(pdf_of([PAGE])); print('pypdfium2' in sys.modules)") == "False\n"


def test_a_pdf_that_unfolds_to_more_memory_than_it_may_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = "/Resources << /XObject << /F 3 0 R >> >>"
    inner = "/Type /XObject /Subtype /Form /BBox [0 0 60 100]"
    again = [f"{inner} /Resources << /XObject << /F {4 + k} 0 R >> >>" for k in range(20)]
    forms = [*(stream_of(b"/F Do " * 10, entries) for entries in again), stream_of(PAGE.encode(), inner)]
    bomb = pdf_of(["/F Do"], entries=shown, objects=forms)  # 10^20 pages in one
    assert len(bomb) < 10_000
    monkeypatch.setattr(sandbox, "MAX_MEMORY", 200 * 2**20)
    assert_refused(bomb, "This PDF cannot be read or is damaged|takes over 10 seconds")


def test_without_pillow_heif_the_advice_says_what_to_do() -> None:
    advice, remedy = printed(WITHOUT).splitlines()
    assert advice.endswith("Use a photo as PNG, JPEG, WEBP, BMP, GIF, TIFF or PDF.")
    assert remedy == (
        "A HEIC photo cannot be read here. Save it as JPEG, or run `pip install pillow-heif`, then try again."
    )


def test_the_decoder_is_never_loaded_into_the_app() -> None:
    assert printed(WITH) == "False\n"


def test_a_tiff_that_takes_more_memory_than_it_may_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encoded(page("RGB", (4_000, 4_000)), "TIFF", compression="tiff_lzw")
    assert load_photo(content).pixels.shape == (2_000, 2_000, 3)
    monkeypatch.setattr(sandbox, "MAX_MEMORY", 100 * 2**20)
    assert_refused(content, "too much memory to decode. Make it smaller|This kind of TIFF cannot be read")


def test_no_more_are_decoded_at_a_time_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    ran, running, most = sandbox._server.run, 0, 0

    def run(*arguments: bytes) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return ran(*arguments)
        finally:
            running -= 1

    monkeypatch.setattr(sandbox._server, "run", run)
    with ThreadPoolExecutor(3 * sandbox.MAX_DECODERS) as pool:
        list(pool.map(load_photo, [encoded(page(), "PNG")] * 40))
    assert most <= sandbox.MAX_DECODERS
