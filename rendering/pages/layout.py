"""The frame of a page: everything inline, no script needed, large targets, colours for day and night of WCAG AA."""

from html import escape

_STYLE = """
:root{color-scheme:light dark;--text:#14213d;--quiet:#3d4a63;--paper:#ffffff;--card:#eef2f8;--act:#0b4f8a;--on:#ffffff}
@media (prefers-color-scheme:dark){
:root{--text:#f2f5fa;--quiet:#c3cddd;--paper:#10172a;--card:#1d2740;--act:#9fd0ff;--on:#10172a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:1.125rem/1.5 system-ui,sans-serif}
main{max-width:40rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.75rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.25rem;margin:2rem 0 .5rem}
p{margin:0 0 1rem}
ul{list-style:none;margin:0;padding:0}
li{margin:0 0 .75rem}
a{color:var(--act)}
a:focus-visible{outline:3px solid var(--act);outline-offset:3px}
.line{display:block;padding:.75rem 1rem;border-radius:.5rem;background:var(--card);color:var(--text)}
.line,.line:visited{text-decoration:none}
.line b{display:block;font-size:1.5rem;color:var(--act);text-decoration:underline}
.line span{display:block;color:var(--quiet)}
.first .line{background:var(--act);color:var(--on)}
.first .line b{font-size:3rem;line-height:1.2;color:var(--on)}
.first .line span{color:var(--on)}
.quiet{color:var(--quiet);font-size:1rem}
section+section{margin-top:3rem;border-top:2px solid var(--card);padding-top:1.5rem}
@media print{.first .line{background:none;color:#000}.first .line *{color:#000}}
"""


def document(title: str, language: str, body: str, head: str = "") -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n{head}<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
