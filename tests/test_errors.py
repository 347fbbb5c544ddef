from __future__ import annotations


def test_the_error_tree_is_as_drawn() -> None:
    """The tree in errors.py's docstring names every class under its parent."""
    import mnist_app.errors as errors

    lines = [
        line for line in (errors.__doc__ or "").splitlines() if "Error " in line or line.endswith("Error")
    ]
    names = [next(word for word in line.split() if word.endswith("Error")) for line in lines]
    parents: dict[int, str] = {}
    for line, name in zip(lines, names, strict=True):
        depth = line.index(name)
        above = [parents[d] for d in sorted(parents) if d < depth]
        parents = {d: n for d, n in parents.items() if d < depth} | {depth: name}
        if above:
            assert getattr(errors, name).__bases__ == (getattr(errors, above[-1]),)
    defined = {n for n, c in vars(errors).items() if isinstance(c, type)}
    assert set(names) == defined
