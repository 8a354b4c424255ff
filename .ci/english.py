"""Find phrases of an old or foreign idiom, and say what to write instead. Part of `make lint`.

Searched: comments, strings and names of functions in Python files; all of the Markdown, YAML, templates and Makefile.
Not searched: what the vendor wrote (openapi.yaml, and grinfi_async/, which repeats it).
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SKIPPED = ("LICENSE", "openapi.yaml", "grinfi_async/", "requirements/", ".ci/english.py", "tests/test_english.py")
KINDS = {"", ".html", ".ipynb", ".jinja", ".md", ".py", ".toml", ".yaml", ".yml"}
FEW = r"(a|an|one|two|three|few|many|\d+)"

RULES = {
    # An idiom -> what to write. A space fits any white space, a line's end too.
    r"(?<!there )\b(is|are|was|were) no (?!(longer|more than|such|less|fewer|better|worse)\b)\w+": "is not a …",
    r"\b(?-i:Of) (?!course\b|the \d)\w+": "For …",
    r"\b(tells|telling)\b(?! apart)": "shows, says",
    r"\b(goes|go|went) on\b(?! to\b)": "resumes, continues",
    r"\banew\b": "again",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\b(stand|stands|stood)\b(?! for\b| out\b|-in\b|-alone\b| alone\b)": "is in, builds on",
    r"\bnobody knows\b": "unknown",
    r"\bwhat (is|was|are|were) \w+( \w+)? (is|was|are|were)\b": "a noun",
    r"\bby hand of\b": "by",
    r"\b(whoever|whosoever)\b": "a person who, users who",
    r"\b(nothing|none|nobody) but\b": "only",
    r"(?<!so )\bas to\b": "about",
    r"\bsave that\b(?! file\b)": "except that",
    r"(?<!wait )(?<!waits )(?<!waiting )(?<!waited )\bfor it to\b": "a clause of its own",
    r"\b(is|are|was|were|has|have|takes|needs) but (?=(a|an|one|two|few|the|\d+)\b)": "only",
    rf"\b(?!{FEW} )\w+ (?!{FEW} )\w+ (?!{FEW} )\w+ at a time\b": "at once, at the same time",
    r"\b(to be|is|are|was|were|be) had\b": "exists, is available",
    r"\b((there|where|here)(of|in|by|upon|to)|whence|thence|hence|hither|thither)\b": "simple words",
    r"\b(albeit|lest|ere|nay|unto|amongst|whilst|hitherto|notwithstanding|inasmuch|insofar|nought)\b": "simple words",
    r"\bshall\b(?! (we|i)\b)": "must, will",
    r"\bought to\b": "should",
    r"\bin so far as\b": "if, as far as",
    r"\b(or|and) the like\b": "or similar",
    r"\bmany an? \w+\b": "many …",
    r"\bso long as\b": "as long as, while",
    r"\b(at most|at least|about|after|for|of|by|with|than|in|within|every) so (many|much)\b": "this many, a number",
    r"\bfor want of\b": "without",
    r"\bone (?!or\b)\w+ more\b(?! than)": "one more …",
    r"\bof late\b": "recently",
    r"\bas yet\b": "yet",
    r"\blikewise\b": "also",
    r"\bknows? of\b": "knows",
    r"\bmakes? good\b": "fix, replace",
    r"\b(is|are|was|were) wanting\b": "is missing",
    r"\bfor (good|bad) and all\b": "finally",
    r"\b(of|in|to|with|for|by|from|on) which there (is|are)\b": "a clause with its subject first",
    r"\bas (it|they|he|she|we|one) (goes|go|stands|stand)\b": "now",
}
COMPILED = [(re.compile(pattern.replace(" ", r"\s"), re.IGNORECASE), remedy) for pattern, remedy in RULES.items()]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """What was written for readers in a file: first line and text."""
    whole = path.read_text("utf-8")
    if path.suffix != ".py":
        yield 1, whole
        return
    comment: list[str] = []
    first, last_line, before = 0, 0, ""
    for kind, text, (line, _), _, _ in tokenize.generate_tokens(io.StringIO(whole).readline):
        if kind == tokenize.COMMENT:
            if line != last_line + 1 and comment:
                yield first, "\n".join(comment)
                comment = []
            first = first if comment else line
            comment.append(text.lstrip("# "))
            last_line = line
        elif kind == tokenize.STRING or tokenize.tok_name[kind] == "FSTRING_MIDDLE":
            yield line, text
        elif kind == tokenize.NAME:
            if before in {"def", "class"}:
                yield line, text.replace("_", " ")
            before = text
    if comment:
        yield first, "\n".join(comment)


def files() -> Iterator[str]:
    """Every file with words of ours."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in sorted(set(subprocess.check_output(listed, cwd=ROOT, text=True).splitlines())):  # noqa: S603
        if not name.startswith(SKIPPED) and Path(name).suffix in KINDS and (ROOT / name).is_file():
            yield name


def phrases(path: Path) -> Iterator[tuple[int, str, str]]:
    """The phrases to replace in a file: line, phrase, and what to write."""
    for first, text in texts(path):
        # Without the indentation, so that a rule sees the words before and after the end of a line.
        flat = re.sub(r"\n[ \t]+", "\n", text)
        for rule, remedy in COMPILED:
            for match in rule.finditer(flat):
                yield first + flat.count("\n", 0, match.start()), " ".join(match[0].split()), remedy


def main(wanted: list[str]) -> int:
    """Print each place; 1 if there is one. Folders or files can be named."""
    found = [
        f'{name}:{line}: "{phrase}": write "{remedy}"'
        for name in files()
        if not wanted or name.startswith(tuple(wanted))
        for line, phrase, remedy in phrases(ROOT / name)
    ]
    print("\n".join([*found, f"{len(found)} phrases of an old idiom." if found else "Plain English everywhere."]))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
