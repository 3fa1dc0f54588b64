"""Text in HAProxy's configuration, where quotes, dollars, backslashes and percent signs have a meaning of their own."""


def quoted(text: str) -> str:
    """A literal as one word, in double quotes."""
    if any(character in text for character in "\r\n\0"):
        raise ValueError(f"{text!r}: HAProxy's configuration has one line a directive")
    for character in ("\\", '"', "$"):
        text = text.replace(character, f"\\{character}")
    return f'"{text}"'


def literal(text: str) -> str:
    """The same where HAProxy reads a format, in which a percent sign begins a variable."""
    return quoted(text.replace("%", "%%"))
